// From the map's mouse and touch events to the inputs of a tool. Moves are handled once a frame, however many the mouse sends.
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { Position } from '../../api/plan-types';
import type { PointerInput } from '../tools/tool';

export interface Pixel {
  x: number;
  y: number;
}

export interface PointerSink {
  /** `coarse`: a finger, which needs a wider reach. Answers whether the drag is the tool's. */
  input: (input: PointerInput, pixel: Pixel, coarse: boolean) => boolean;
  /** A second finger, or the space bar: what was begun is given up, the map is panned. */
  cancel: () => void;
  leave: () => void;
}

/** After a touch the browser sends mouse events of its own. */
const EMULATED_MS = 800;

type Event = MapMouseEvent | MapTouchEvent;

export class PointerFeed {
  private pending: { event: Event; coarse: boolean } | null = null;
  private frame: number | null = null;
  private touched = -Infinity;
  private held = false;
  private panning = false;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly map: MapLibre,
    private readonly sink: PointerSink,
  ) {
    this.onMap('mousedown', (event) => {
      if (this.isEmulated() || event.originalEvent.button !== 0 || this.panning) return;
      if (this.send('down', event, false)) this.hold(event);
    });
    this.onMap('mousemove', (event) => {
      if (!this.isEmulated()) this.later(event, false);
    });
    this.onMap('mouseup', (event) => {
      if (!this.isEmulated()) this.release(event, false);
    });
    this.onMap('click', (event) => this.tap(event));
    this.onMap('dblclick', (event) => void this.send('double', event, false));
    this.onMap('mouseout', () => {
      if (!this.held) this.sink.leave();
    });
    this.onTouch('touchstart', (event) => {
      this.touched = performance.now();
      if (event.points.length > 1) {
        this.held = false;
        this.sink.cancel();
      } else if (this.send('down', event, true)) this.hold(event);
    });
    this.onTouch('touchmove', (event) => {
      if (this.held) {
        event.preventDefault();
        this.later(event, true);
      }
    });
    this.onTouch('touchend', (event) => {
      this.touched = performance.now();
      this.release(event, true);
    });
    this.onWindow('keydown', (event) => {
      if (event.code === 'Space') this.panning = true;
    });
    this.onWindow('keyup', (event) => {
      if (event.code === 'Space') this.panning = false;
    });
    // A drag that ends outside of the map ends all the same.
    this.onWindow('mouseup', () => {
      if (this.held && this.last) this.release(this.last, false);
    });
  }
  private last: Event | null = null;

  private onMap(
    type: 'mousedown' | 'mousemove' | 'mouseup' | 'click' | 'dblclick' | 'mouseout',
    listener: (event: MapMouseEvent) => void,
  ): void {
    this.map.on(type, listener);
    this.stops.push(() => this.map.off(type, listener));
  }

  private onTouch(type: 'touchstart' | 'touchmove' | 'touchend', listener: (event: MapTouchEvent) => void): void {
    this.map.on(type, listener);
    this.stops.push(() => this.map.off(type, listener));
  }

  private onWindow<K extends 'keydown' | 'keyup' | 'mouseup'>(type: K, listener: (event: WindowEventMap[K]) => void) {
    addEventListener(type, listener);
    this.stops.push(() => removeEventListener(type, listener));
  }

  private isEmulated(): boolean {
    return performance.now() - this.touched < EMULATED_MS;
  }

  private send(kind: PointerInput['kind'], event: Event, coarse: boolean): boolean {
    const at: Position = [event.lngLat.lng, event.lngLat.lat];
    return this.sink.input({ kind, at, shift: event.originalEvent.shiftKey }, event.point, coarse);
  }

  private hold(event: Event): void {
    this.held = true;
    this.last = event;
    event.preventDefault();
  }

  private later(event: Event, coarse: boolean): void {
    this.pending = { event, coarse };
    this.last = event;
    this.frame ??= requestAnimationFrame(() => this.flush());
  }

  private flush(): void {
    this.frame = null;
    const next = this.pending;
    this.pending = null;
    if (!next) return;
    const start = performance.now();
    this.send('move', next.event, next.coarse);
    // What a drag costs the main thread, for the measurement in e2e/drag-speed.mjs.
    if (this.held) performance.measure('plan:drag', { start });
  }

  private release(event: Event, coarse: boolean): void {
    this.flush();
    if (!this.held) return;
    this.held = false;
    this.send('up', event, coarse);
  }

  private tap(event: MapMouseEvent): void {
    this.flush();
    this.send('tap', event, this.isEmulated());
  }

  stop(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    for (const stop of this.stops) stop();
  }
}
