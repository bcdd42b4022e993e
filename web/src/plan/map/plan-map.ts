// The owner of the planner's MapLibre object: nobody else touches it.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { AttributionControl, GeoJSONSource, Map as MapLibre, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { PlaceFeature, Position } from '../../api/plan-types';
import type { BaseSource } from '../../map/base';
import { labelPoint, type Bounds } from '../../map/geometry';
import type { Padding } from '../../map/grid-map';
import type { MapTheme } from '../../map/theme';
import type { Camera } from '../../state/view';
import type { Home } from '../geometry/households';
import type { Box } from '../geometry/planar';
import type { Ground, GroundChange } from '../session/ground';
import type { Sketch } from '../tools/tool';
import { PointerFeed, type PointerSink } from './pointer';
import { PLACE_SOURCES, planStyle, type Overlay } from './style';

setWorkerUrl(workerUrl);

export interface PlanMapSetup {
  container: HTMLElement;
  base: BaseSource;
  theme: MapTheme;
  camera: Camera | null;
  bounds: Bounds | null;
  padding: Padding;
  words: { map: string };
  /** Whether the pointer does something here; false for the map on the other side of the slider. */
  interactive: boolean;
  moved: (camera: Camera, settled: boolean) => void;
  pointer: PointerSink;
}

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

export class PlanMap {
  private colours = new Map<string, string>();
  private values: ReadonlyMap<string, string> = new Map();
  private marked = new Set<string>();
  private selected: string | null = null;
  private labelled = new Map<string, Feature>();
  private readonly feed: PointerFeed | null;
  private sketched = false;

  private constructor(
    setup: PlanMapSetup,
    private readonly map: MapLibre,
  ) {
    this.feed = setup.interactive ? new PointerFeed(map, setup.pointer) : null;
    const report = (settled: boolean) => () => {
      const { lng, lat } = map.getCenter();
      setup.moved({ lng, lat, zoom: map.getZoom() }, settled);
    };
    map.on('move', report(false));
    map.on('moveend', report(true));
    map.on('render', () => (setup.container.dataset['drawn'] = 'false'));
    map.on('idle', () => (setup.container.dataset['drawn'] = 'true'));
  }

  /** Resolves when the style is in place. Rejects where the browser has no WebGL. */
  static async create(setup: PlanMapSetup): Promise<PlanMap> {
    const { camera, bounds, padding } = setup;
    const map = new MapLibre({
      container: setup.container,
      style: planStyle(setup.base, setup.theme),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      fadeDuration: 0,
      interactive: setup.interactive,
      locale: { 'Map.Title': setup.words.map },
      ...(camera ? { center: [camera.lng, camera.lat] as [number, number], zoom: camera.zoom } : {}),
      ...(!camera && bounds ? { bounds, fitBoundsOptions: { padding } } : {}),
    });
    if (setup.interactive) {
      map.touchZoomRotate.disableRotation();
      // A double click ends a line.
      map.doubleClickZoom.disable();
      map.addControl(new ScaleControl({ maxWidth: 110 }), 'bottom-right');
      if (setup.base.kind !== 'none') map.addControl(new AttributionControl({ compact: false }), 'bottom-left');
    }
    await new Promise<void>((resolve) => map.once('style.load', () => resolve()));
    return new PlanMap(setup, map);
  }

  private source(name: string): GeoJSONSource {
    const found = this.map.getSource(name);
    if (found instanceof GeoJSONSource) return found;
    throw new Error(`the style has no GeoJSON source ${name}`);
  }

  /** Draws what changed; all of it the first time. */
  follow(change: GroundChange, ground: Ground): void {
    if (change.whole) {
      for (const [level, source] of Object.entries(PLACE_SOURCES)) {
        this.source(source).setData(collection(change.put.filter(({ properties }) => properties.level === level)));
      }
      this.labelled.clear();
      this.label(change.put);
      this.source('labels').setData(collection([...this.labelled.values()]));
      this.source('homes').setData(collection([...ground.homes.all()].map(homeFeature)));
      return;
    }
    for (const [level, name] of Object.entries(PLACE_SOURCES)) {
      const add = change.put.filter(({ properties }) => properties.level === level);
      if (add.length > 0 || change.removed.length > 0) {
        void this.source(name).updateData({ remove: change.removed, add });
      }
    }
    const labels = this.label(change.put);
    for (const id of change.removed) this.labelled.delete(id);
    void this.source('labels').updateData({ remove: change.removed, add: labels });
    const moved = change.moved.flatMap((id) => ground.homes.get(id) ?? []);
    if (moved.length > 0) void this.source('homes').updateData({ add: moved.map(homeFeature) });
  }

  private label(places: readonly PlaceFeature[]): Feature[] {
    return places
      .filter(({ properties }) => properties.level === 'grid')
      .flatMap(({ properties, geometry }) => {
        const at = labelPoint(geometry);
        if (!at) return [];
        const { id, locked } = properties;
        const feature: Feature = {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: at },
          properties: {
            id,
            name: locked ? `▣ ${properties.name}` : properties.name,
            value: this.values.get(id) ?? '',
          },
        };
        this.labelled.set(id, feature);
        return [feature];
      });
  }

  /** Gives each grid its colour and the value in its label; only what differs is touched. */
  paint(colours: Map<string, string>, values: ReadonlyMap<string, string>): void {
    for (const [id, colour] of colours) {
      if (this.colours.get(id) !== colour) this.map.setFeatureState({ source: 'grids', id }, { colour });
    }
    this.colours = colours;
    const changed: Feature[] = [];
    for (const [id, feature] of this.labelled) {
      const value = values.get(id) ?? '';
      if (feature.properties?.['value'] === value) continue;
      const next = { ...feature, properties: { ...feature.properties, value } };
      this.labelled.set(id, next);
      changed.push(next);
    }
    this.values = values;
    if (changed.length > 0) void this.source('labels').updateData({ add: changed });
  }

  select(id: string | null): void {
    if (this.selected === id) return;
    if (this.selected !== null) this.map.setFeatureState({ source: 'grids', id: this.selected }, { selected: false });
    if (id !== null) this.map.setFeatureState({ source: 'grids', id }, { selected: true });
    this.selected = id;
  }

  private mark(ids: readonly string[]): void {
    const next = new Set(ids);
    const set = (id: string, marked: boolean) => {
      for (const source of ['grids', 'microgrids']) this.map.setFeatureState({ source, id }, { marked });
    };
    for (const id of this.marked) if (!next.has(id)) set(id, false);
    for (const id of next) if (!this.marked.has(id)) set(id, true);
    this.marked = next;
  }

  sketch({ areas, lines, handles, taken, marked }: Sketch): void {
    this.mark(marked);
    const isEmpty = areas.length + lines.length + handles.length + taken.length === 0;
    // Nothing again: the pointer moves over the map without a tool that draws.
    if (isEmpty && !this.sketched) return;
    this.sketched = !isEmpty;
    const feature = (kind: string, geometry: Geometry): Feature => ({
      type: 'Feature',
      geometry,
      properties: { kind },
    });
    this.source('sketch').setData(
      collection([
        ...areas.map((ring) => feature('area', { type: 'Polygon', coordinates: [ring] })),
        ...lines.map((coordinates) => feature('line', { type: 'LineString', coordinates })),
        ...handles.map(({ at, kind }) => feature(kind, { type: 'Point', coordinates: at })),
      ]),
    );
    this.source('taken').setData(
      collection(taken.map(({ at }) => feature('taken', { type: 'Point', coordinates: at }))),
    );
  }

  overlay(name: Overlay, data: FeatureCollection | null): void {
    this.source(name).setData(data ?? NOTHING);
  }

  cursor(style: string): void {
    this.map.getCanvas().style.cursor = style;
  }

  /** What the map shows, and the size of a pixel on the ground. */
  get frame(): { box: Box; metresPerPixel: number } {
    const bounds = this.map.getBounds();
    const lat = this.map.getCenter().lat;
    return {
      box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
      metresPerPixel: (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.map.getZoom()),
    };
  }

  fit(box: Bounds, padding: Padding): void {
    this.map.resize();
    this.map.fitBounds(box, { padding, maxZoom: 16, duration: 400 });
  }

  goTo([lng, lat]: Position, zoom = 15): void {
    this.map.easeTo({ center: [lng, lat], zoom: Math.max(zoom, this.map.getZoom()), duration: 400 });
  }

  jump({ lng, lat, zoom }: Camera): void {
    this.map.jumpTo({ center: [lng, lat], zoom });
  }

  zoomBy(steps: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + steps, duration: 200 });
  }

  resize(): void {
    this.map.resize();
  }

  async idle(): Promise<void> {
    if (this.map.loaded()) return;
    await new Promise<void>((resolve) => void this.map.once('idle', () => resolve()));
  }

  remove(): void {
    this.feed?.stop();
    this.map.remove();
  }
}

const homeFeature = ({ id, at, grid, today }: Home): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: at },
  properties: { id, moved: grid !== today },
});
