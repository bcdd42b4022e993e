// The owner of the MapLibre object: nobody else touches it.
import type { LayerSpecification } from '@maplibre/maplibre-gl-style-spec';
import type { Feature, FeatureCollection, Point } from 'geojson';
import {
  GeoJSONSource,
  Map as MapLibre,
  Popup,
  ScaleControl,
  AttributionControl,
  setWorkerUrl,
  type MapMouseEvent,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Level } from '../api/types';
import type { Fill } from '../metric/scale';
import type { Camera } from '../state/view';
import type { BaseSource } from './base';
import { layerChanges } from './diff';
import { stepInto, type Bounds } from './geometry';
import { hatchImage, squareImage } from './images';
import { HATCH, layers, SOURCE_OF, SQUARE, style, type StyleOptions } from './style';
import type { MapTheme } from './theme';

setWorkerUrl(workerUrl);

/** How much of each side is covered by panels, pixels. */
export type Padding = { top: number; right: number; bottom: number; left: number };

/** What lies under the pointer. */
export type Hit =
  | { kind: 'none' }
  | { kind: 'place'; id: string }
  | { kind: 'feature'; layer: string; feature: Feature; at: [number, number] };

export interface MapEvents {
  camera: (camera: Camera) => void;
  hover: (hit: Hit, pixel: { x: number; y: number }) => void;
  click: (hit: Hit) => void;
  popupClosed: () => void;
}

export interface MapSetup {
  container: HTMLElement;
  base: BaseSource;
  theme: MapTheme;
  options: StyleOptions;
  bounds: Bounds | null;
  camera: Camera | null;
  padding: Padding;
  /** What the map itself says to those who cannot see it. */
  words: { map: string; close: string };
  events: MapEvents;
}

/** The layers whose features answer to a click before the place beneath them does. */
const CLICKABLE = [
  'reports-point',
  'reports-stack',
  'reports-cluster',
  'squares-point',
  'squares',
  'facilities',
  'devices',
  'households',
];
const FIT = { maxZoom: 15.5, duration: 500 };

export class GridMap {
  private readonly map: MapLibre;
  private drawn: LayerSpecification[];
  private level: Level;
  private painted: Record<Level, Map<string, Fill>> = { village: new Map(), grid: new Map(), microgrid: new Map() };
  private marked: Record<'hover' | 'selected', { level: Level; id: string } | null> = { hover: null, selected: null };
  private popup: Popup | null = null;

  private constructor(
    private readonly setup: MapSetup,
    map: MapLibre,
  ) {
    this.map = map;
    this.level = setup.options.level;
    this.drawn = layers(setup.base, setup.theme, setup.options);
  }

  /** Resolves when the style is in place. Rejects where the browser has no WebGL. */
  static async create(setup: MapSetup): Promise<GridMap> {
    const { bounds, camera, padding } = setup;
    const map = new MapLibre({
      container: setup.container,
      style: style(setup.base, setup.theme, setup.options),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      fadeDuration: 150,
      locale: { 'Map.Title': setup.words.map, 'Popup.Close': setup.words.close },
      ...(camera ? { center: [camera.lng, camera.lat], zoom: camera.zoom } : {}),
      ...(!camera && bounds ? { bounds, fitBoundsOptions: { padding } } : {}),
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new ScaleControl({ maxWidth: 110 }), 'bottom-right');
    if (setup.base.kind !== 'none') map.addControl(new AttributionControl({ compact: false }), 'bottom-left');
    await new Promise<void>((resolve) => map.once('style.load', () => resolve()));
    const hatch = hatchImage();
    if (hatch) map.addImage(HATCH, hatch, { pixelRatio: 2 });
    const square = squareImage(setup.theme.square);
    if (square) map.addImage(SQUARE, square, { pixelRatio: 2 });
    const gridMap = new GridMap(setup, map);
    gridMap.listen();
    return gridMap;
  }

  private listen(): void {
    const { events } = this.setup;
    this.map.on('moveend', () => {
      const { lng, lat } = this.map.getCenter();
      events.camera({ lng, lat, zoom: this.map.getZoom() });
    });
    // For whoever takes pictures of the page: whether everything given has been drawn.
    this.map.on('render', () => (this.setup.container.dataset['drawn'] = 'false'));
    this.map.on('idle', () => (this.setup.container.dataset['drawn'] = 'true'));
    this.map.on('mousemove', (event) => {
      const hit = this.hitAt(event);
      this.map.getCanvas().style.cursor = hit.kind === 'none' ? '' : 'pointer';
      events.hover(hit, event.point);
    });
    this.map.on('mouseout', (event) => events.hover({ kind: 'none' }, event.point));
    this.map.on('click', (event) => void this.clicked(event));
  }

  private hitAt(event: MapMouseEvent): Hit {
    const visible = CLICKABLE.filter((layer) => this.map.getLayoutProperty(layer, 'visibility') !== 'none');
    const { x, y } = event.point;
    const around: [[number, number], [number, number]] = [
      [x - 3, y - 3],
      [x + 3, y + 3],
    ];
    const feature = this.map.queryRenderedFeatures(around, { layers: visible })[0];
    if (feature) {
      const at: [number, number] = [event.lngLat.lng, event.lngLat.lat];
      return { kind: 'feature', layer: feature.layer.id, feature: { ...feature.toJSON(), type: 'Feature' }, at };
    }
    const place = this.map.queryRenderedFeatures(event.point, { layers: [`fill-${this.level}`] })[0];
    const id: unknown = place?.properties['id'];
    return typeof id === 'string' ? { kind: 'place', id } : { kind: 'none' };
  }

  private async clicked(event: MapMouseEvent): Promise<void> {
    const hit = this.hitAt(event);
    if (hit.kind === 'feature' && hit.layer === 'reports-cluster') {
      const cluster: unknown = hit.feature.properties?.['cluster_id'];
      const centre = (hit.feature.geometry as Point).coordinates;
      if (typeof cluster === 'number') {
        const zoom = await this.geojson('reports').getClusterExpansionZoom(cluster);
        this.map.easeTo({ center: [centre[0] ?? 0, centre[1] ?? 0], zoom: zoom + 0.3 });
      }
      return;
    }
    this.setup.events.click(hit);
  }

  private geojson(source: string): GeoJSONSource {
    const found = this.map.getSource(source);
    if (found instanceof GeoJSONSource) return found;
    throw new Error(`the style has no GeoJSON source ${source}`);
  }

  setData(source: string, data: FeatureCollection): void {
    this.geojson(source).setData(data);
  }

  /** Shows what the options say; only what differs is touched. */
  draw(options: StyleOptions): void {
    const next = layers(this.setup.base, this.setup.theme, options);
    for (const change of layerChanges(this.drawn, next)) {
      // The names and values come from valid layers (a test holds that), which the types cannot see.
      if (change.kind === 'paint')
        this.map.setPaintProperty(change.layer, change.property as never, change.value as never);
      else this.map.setLayoutProperty(change.layer, change.property as never, change.value as never);
    }
    this.drawn = next;
    this.level = options.level;
  }

  /** Gives each place of a level its colour and hatching. */
  paint(level: Level, fills: Map<string, Fill>): void {
    const source = SOURCE_OF[level];
    const before = this.painted[level];
    for (const [id, fill] of fills) {
      const old = before.get(id);
      if (old?.colour === fill.colour && old.small === fill.small) continue;
      this.map.setFeatureState({ source, id }, { colour: fill.colour, small: fill.small });
    }
    for (const id of before.keys()) {
      if (fills.has(id)) continue;
      this.map.removeFeatureState({ source, id }, 'colour');
      this.map.removeFeatureState({ source, id }, 'small');
    }
    this.painted[level] = fills;
  }

  mark(state: 'hover' | 'selected', level: Level, id: string | null): void {
    const old = this.marked[state];
    if (old?.level === level && old.id === id) return;
    if (old) this.map.setFeatureState({ source: SOURCE_OF[old.level], id: old.id }, { [state]: false });
    if (id !== null) this.map.setFeatureState({ source: SOURCE_OF[level], id }, { [state]: true });
    this.marked[state] = id === null ? null : { level, id };
  }

  fit(bounds: Bounds, padding: Padding): void {
    // A card that has just opened has taken from the map's width; MapLibre itself would notice only later.
    this.map.resize();
    this.map.fitBounds(bounds, { padding, ...FIT });
  }

  jump(camera: Camera): void {
    this.map.jumpTo({ center: [camera.lng, camera.lat], zoom: camera.zoom });
  }

  zoomBy(steps: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + steps, duration: 250 });
  }

  /**
   * Brings the bounds into the part of the map that nothing covers: not at all if they are there, by the shortest way if
   * they fit, and closer or farther if not.
   */
  reveal(bounds: Bounds, padding: Padding): void {
    // A card that has just opened has taken from the map's width; MapLibre itself would notice only later.
    this.map.resize();
    const [west, south, east, north] = bounds;
    const { clientWidth, clientHeight } = this.map.getContainer();
    const [topLeft, bottomRight] = [this.map.project([west, north]), this.map.project([east, south])];
    const x = stepInto([topLeft.x, bottomRight.x], [padding.left, clientWidth - padding.right]);
    const y = stepInto([topLeft.y, bottomRight.y], [padding.top, clientHeight - padding.bottom]);
    if (x === null || y === null) this.fit(bounds, padding);
    else if (x !== 0 || y !== 0) this.map.panBy([x, y], { duration: FIT.duration });
  }

  showPopup(at: [number, number], content: HTMLElement): void {
    this.closePopup();
    const popup = new Popup({ maxWidth: '280px', offset: 10, focusAfterOpen: false })
      .setLngLat(at)
      .setDOMContent(content);
    popup.on('close', () => {
      if (this.popup !== popup) return;
      this.popup = null;
      this.setup.events.popupClosed();
    });
    this.popup = popup.addTo(this.map);
  }

  get hasPopup(): boolean {
    return this.popup !== null;
  }

  closePopup(): void {
    const popup = this.popup;
    this.popup = null;
    popup?.remove();
  }

  /** Resolves when everything asked for is on the screen. */
  async idle(): Promise<void> {
    if (this.map.loaded()) return;
    await new Promise<void>((resolve) => void this.map.once('idle', () => resolve()));
  }

  remove(): void {
    this.map.remove();
  }
}
