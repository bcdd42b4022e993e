// The shapes and households of an open draft, kept ready for pointing: who is here, whose border is near.
import type { FeatureCollection } from 'geojson';
import type {
  HouseholdCollection,
  Lock,
  Outcome,
  PlaceCollection,
  PlaceFeature,
  Position,
  ReferenceCollection,
  Region,
} from '../../api/plan-types';
import type { Level } from '../../api/types';
import { BorderIndex } from '../geometry/borders';
import { Households } from '../geometry/households';
import {
  boxOfRegion,
  distance,
  inBox,
  isInside,
  nearestOn,
  regionOf,
  scaleAt,
  type Box,
  type Scale,
} from '../geometry/planar';
import { sameLock } from '../tools/lock';

interface Shape {
  feature: PlaceFeature;
  region: Region;
  box: Box;
}

/** What changed in the shapes, so that the map is sent nothing else. */
export interface GroundChange {
  put: PlaceFeature[];
  removed: string[];
  /** Households that lie in another grid than before. */
  moved: string[];
  /** Whether everything is new. */
  whole: boolean;
}

export interface GroundData {
  villages: PlaceCollection;
  grids: PlaceCollection;
  microgrids: PlaceCollection;
  households: HouseholdCollection;
  references: ReferenceCollection;
}

export class Ground {
  readonly villages = new Map<string, Shape>();
  readonly grids = new Map<string, Shape>();
  readonly microgrids = new Map<string, Shape>();
  readonly borders = new BorderIndex();
  homes = new Households(null);
  references: ReferenceCollection = { type: 'FeatureCollection', features: [] };
  scale: Scale = scaleAt(0);
  private readonly listeners = new Set<(change: GroundChange) => void>();

  /** Takes the place of all that was there. */
  load(data: GroundData): void {
    for (const map of [this.villages, this.grids, this.microgrids]) map.clear();
    this.homes = new Households(data.households);
    this.references = data.references;
    const features = [...data.villages.features, ...data.grids.features, ...data.microgrids.features];
    for (const id of this.known) this.borders.remove(id);
    this.known.clear();
    for (const feature of features) this.put(feature);
    const [, south, , north] = this.box() ?? [0, 0, 0, 0];
    this.scale = scaleAt((south + north) / 2);
    this.tell({ put: features, removed: [], moved: [], whole: true });
  }
  private readonly known = new Set<string>();

  /** Follows a step of the draft. */
  apply({ places, removed, moved }: Pick<Outcome, 'places' | 'removed' | 'moved'>): void {
    for (const id of removed) this.drop(id);
    for (const feature of places.features) this.put(feature);
    this.homes.move(moved);
    this.tell({ put: places.features, removed, moved: moved.map(({ household }) => household), whole: false });
  }

  private of(level: Level): Map<string, Shape> {
    return level === 'village' ? this.villages : level === 'grid' ? this.grids : this.microgrids;
  }

  /** Also of places that are gone: the log still speaks of them. */
  private readonly names = new Map<string, string>();

  private put(feature: PlaceFeature): void {
    const { id, level } = feature.properties;
    this.names.set(id, feature.properties.name);
    const region = regionOf(feature.geometry);
    this.of(level).set(id, { feature, region, box: boxOfRegion(region) });
    if (level !== 'grid') return;
    this.borders.put(feature);
    this.known.add(id);
  }

  private drop(id: string): void {
    for (const map of [this.villages, this.grids, this.microgrids]) map.delete(id);
    this.borders.remove(id);
    this.known.delete(id);
  }

  onChange(listener: (change: GroundChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(change: GroundChange): void {
    for (const listener of this.listeners) listener(change);
  }

  /**
   * The stretches of other borders that are none of the draft's: today's that it has given up, a candidate's that it would
   * get. Without `all`, grids that the draft left alone are passed over.
   */
  given(others: FeatureCollection, all = false): FeatureCollection {
    const lines: Position[][] = [];
    for (const { geometry, properties } of others.features) {
      if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') continue;
      const id = String(properties?.['id']);
      if (!this.names.has(id)) this.names.set(id, String(properties?.['name'] ?? id));
      const now = this.grids.get(id)?.feature.properties;
      if (now && !now.changed && !all) continue;
      for (const ring of regionOf(geometry).flat()) lines.push(...this.stretches(ring));
    }
    return {
      type: 'FeatureCollection',
      features: lines.map((coordinates) => ({
        type: 'Feature',
        geometry: { type: 'LineString', coordinates },
        properties: {},
      })),
    };
  }

  /** The parts of a ring where no border runs any more. */
  private stretches(ring: readonly Position[]): Position[][] {
    const lines: Position[][] = [];
    let line: Position[] = [];
    for (let k = 0; k + 1 < ring.length; k += 1) {
      const [from, to] = [ring[k], ring[k + 1]];
      if (!from || !to) continue;
      if (!this.borders.has(from, to)) {
        if (line.length === 0) line.push(from);
        line.push(to);
      } else if (line.length > 0) {
        lines.push(line);
        line = [];
      }
    }
    return line.length > 0 ? [...lines, line] : lines;
  }

  box(ids?: Iterable<string>): Box | null {
    const shapes = ids
      ? [...ids].flatMap((id) => this.find(id) ?? [])
      : [...this.villages.values(), ...this.grids.values()];
    const [first] = shapes;
    if (!first) return null;
    return shapes.reduce(
      (box, { box: other }): Box => [
        Math.min(box[0], other[0]),
        Math.min(box[1], other[1]),
        Math.max(box[2], other[2]),
        Math.max(box[3], other[3]),
      ],
      first.box,
    );
  }

  find(id: string): Shape | null {
    return this.grids.get(id) ?? this.microgrids.get(id) ?? this.villages.get(id) ?? null;
  }

  name(id: string | null): string {
    return id === null ? '–' : (this.names.get(id) ?? id.slice(0, 8));
  }

  parent(id: string): string | null {
    return this.find(id)?.feature.properties.parent ?? null;
  }

  gridAt(p: Position): string | null {
    return at(p, this.grids);
  }

  microgridAt(p: Position): { id: string; parent: string | null } | null {
    const id = at(p, this.microgrids);
    return id === null ? null : { id, parent: this.parent(id) };
  }

  siblings(grid: string): string[] {
    const village = this.parent(grid);
    return [...this.grids.values()]
      .map(({ feature }) => feature.properties)
      .filter(({ id, parent }) => parent === village && id !== grid)
      .map(({ id }) => id);
  }

  /** The nearest vertex of a border, or point of a reference line, within the reach; else the point itself. */
  snap(p: Position, reach_m: number, except?: Position): Position {
    const vertex = this.borders.vertexNear(p, reach_m, this.scale);
    if (vertex && !(except && vertex[0] === except[0] && vertex[1] === except[1])) return vertex;
    return this.onReference(p, reach_m) ?? p;
  }

  private onReference(p: Position, reach_m: number): Position | null {
    const [dx, dy] = [reach_m / this.scale.x, reach_m / this.scale.y];
    let best: { at: Position; off: number } | null = null;
    for (const { geometry } of this.references.features) {
      for (let k = 0; k + 1 < geometry.coordinates.length; k += 1) {
        const [a, b] = [geometry.coordinates[k], geometry.coordinates[k + 1]] as [Position, Position];
        if (Math.min(a[0], b[0]) - dx > p[0] || Math.max(a[0], b[0]) + dx < p[0]) continue;
        if (Math.min(a[1], b[1]) - dy > p[1] || Math.max(a[1], b[1]) + dy < p[1]) continue;
        const near = nearestOn(p, a, b, this.scale);
        const off = distance(p, near, this.scale);
        if (off <= reach_m && (best === null || off < best.off)) best = { at: near, off };
      }
    }
    return best?.at ?? null;
  }
}

function at(p: Position, shapes: ReadonlyMap<string, Shape>): string | null {
  for (const [id, { region, box }] of shapes) if (inBox(p, box) && isInside(p, region)) return id;
  return null;
}

export const isLocked = (locks: readonly Lock[], lock: Lock): boolean => locks.some((each) => sameLock(each, lock));
