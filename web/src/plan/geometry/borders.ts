// Who shares which stretch of border: found by the segments that two places have in common.
import type { PlaceFeature, Position } from '../../api/plan-types';
import { distance, nearestOn, regionOf, rounded, type Scale } from './planar';

/** A stretch of border near a point. `b` is null on the outer border. */
export interface BorderHit {
  a: string;
  b: string | null;
  /** The nearest point on it. */
  at: Position;
  segment: [Position, Position];
  distance_m: number;
}

/** The two places on either side; null away from a border and on the outer one. */
export const sidesOf = (hit: BorderHit | null): [a: string, b: string] | null =>
  hit !== null && hit.b !== null ? [hit.a, hit.b] : null;

interface Segment {
  from: Position;
  to: Position;
  owners: string[];
}

/** Cells of the index, degrees: some hundred metres. */
const CELL = 0.004;
const keyOf = ([x, y]: Position): string => `${x.toFixed(9)},${y.toFixed(9)}`;

/** The same for either direction. */
function segmentKey(from: Position, to: Position): string {
  const [p, q] = [keyOf(from), keyOf(to)];
  return p < q ? `${p}|${q}` : `${q}|${p}`;
}

/** The cells of the box of two points. */
function* boxCells(a: Position, b: Position): Generator<string> {
  const [west, east] = [Math.floor(Math.min(a[0], b[0]) / CELL), Math.floor(Math.max(a[0], b[0]) / CELL)];
  const [south, north] = [Math.floor(Math.min(a[1], b[1]) / CELL), Math.floor(Math.max(a[1], b[1]) / CELL)];
  for (let i = west; i <= east; i += 1) {
    for (let j = south; j <= north; j += 1) yield `${String(i)}:${String(j)}`;
  }
}

/** The cells along a segment: piece by piece, since the box of a long slanting one holds far more. */
function* cellsOf(a: Position, b: Position): Generator<string> {
  const pieces = Math.max(1, Math.ceil(Math.max(Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1])) / CELL));
  const part = (k: number): Position => [a[0] + ((b[0] - a[0]) * k) / pieces, a[1] + ((b[1] - a[1]) * k) / pieces];
  for (let k = 0; k < pieces; k += 1) yield* boxCells(part(k), part(k + 1));
}

export class BorderIndex {
  private readonly segments = new Map<string, Segment>();
  private readonly cells = new Map<string, Set<string>>();
  private readonly ofPlace = new Map<string, string[]>();

  /** Takes in a place, or its new shape. */
  put(feature: PlaceFeature): void {
    const { id } = feature.properties;
    this.remove(id);
    const keys: string[] = [];
    for (const polygon of regionOf(feature.geometry)) {
      for (const ring of polygon) {
        for (let k = 0; k + 1 < ring.length; k += 1) {
          const [from, to] = [ring[k], ring[k + 1]];
          if (from && to) keys.push(this.add(id, from, to));
        }
      }
    }
    this.ofPlace.set(id, keys);
  }

  private add(id: string, from: Position, to: Position): string {
    const key = segmentKey(from, to);
    const known = this.segments.get(key);
    if (known) {
      known.owners.push(id);
      return key;
    }
    this.segments.set(key, { from, to, owners: [id] });
    for (const at of cellsOf(from, to)) {
      const here = this.cells.get(at);
      if (here) here.add(key);
      else this.cells.set(at, new Set([key]));
    }
    return key;
  }

  remove(id: string): void {
    for (const key of this.ofPlace.get(id) ?? []) {
      const segment = this.segments.get(key);
      if (!segment) continue;
      segment.owners.splice(segment.owners.indexOf(id), 1);
      if (segment.owners.length > 0) continue;
      this.segments.delete(key);
      for (const at of cellsOf(segment.from, segment.to)) this.cells.get(at)?.delete(key);
    }
    this.ofPlace.delete(id);
  }

  /** Whether a border runs along exactly this segment. */
  has(from: Position, to: Position): boolean {
    return this.segments.has(segmentKey(from, to));
  }

  /** The nearest stretch within the reach; shared ones win over the outer border. */
  near(p: Position, reach_m: number, scale: Scale): BorderHit | null {
    let best: BorderHit | null = null;
    for (const key of this.around(p, reach_m, scale)) {
      const segment = this.segments.get(key);
      const [a, b] = segment?.owners ?? [];
      if (!segment || a === undefined) continue;
      const at = nearestOn(p, segment.from, segment.to, scale);
      const distance_m = distance(p, at, scale);
      if (distance_m > reach_m) continue;
      const isBetter = best === null || (b !== undefined) > (best.b !== null) || distance_m < best.distance_m;
      const isWorse = best !== null && best.b !== null && b === undefined;
      if (isBetter && !isWorse) {
        best = { a, b: b ?? null, at: rounded(at), segment: [segment.from, segment.to], distance_m };
      }
    }
    return best;
  }

  /** The nearest vertex of any border within the reach. */
  vertexNear(p: Position, reach_m: number, scale: Scale): Position | null {
    let best: { at: Position; off: number } | null = null;
    for (const key of this.around(p, reach_m, scale)) {
      const segment = this.segments.get(key);
      if (!segment) continue;
      for (const at of [segment.from, segment.to]) {
        const off = distance(p, at, scale);
        if (off <= reach_m && (best === null || off < best.off)) best = { at, off };
      }
    }
    return best?.at ?? null;
  }

  /** The stretches that two places share, as lines for the map. */
  between(a: string, b: string): [Position, Position][] {
    return (this.ofPlace.get(a) ?? []).flatMap((key) => {
      const segment = this.segments.get(key);
      return segment?.owners.includes(b) ? [[segment.from, segment.to] as [Position, Position]] : [];
    });
  }

  neighbours(id: string): Set<string> {
    const found = new Set<string>();
    for (const key of this.ofPlace.get(id) ?? []) {
      for (const owner of this.segments.get(key)?.owners ?? []) if (owner !== id) found.add(owner);
    }
    return found;
  }

  private around(p: Position, reach_m: number, scale: Scale): Set<string> {
    const [dx, dy] = [reach_m / scale.x, reach_m / scale.y];
    const found = new Set<string>();
    for (const at of boxCells([p[0] - dx, p[1] - dy], [p[0] + dx, p[1] + dy])) {
      for (const key of this.cells.get(at) ?? []) found.add(key);
    }
    return found;
  }
}
