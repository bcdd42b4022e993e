// Planar geometry for pointing and drawing: degrees in, metres by a local scale. What is stored is computed by the server.
import type { MultiPolygon, Polygon } from 'geojson';
import type { Position, Region } from '../../api/plan-types';

export type Box = [west: number, south: number, east: number, north: number];

/** Metres a degree of longitude and of latitude; good to a per cent within a subdistrict. */
export interface Scale {
  x: number;
  y: number;
}

export const scaleAt = (lat: number): Scale => ({ x: 111_320 * Math.cos((lat * Math.PI) / 180), y: 110_574 });

export function distance(a: Position, b: Position, scale: Scale): number {
  return Math.hypot((a[0] - b[0]) * scale.x, (a[1] - b[1]) * scale.y);
}

/** The point of the segment a–b that is nearest to p. */
export function nearestOn(p: Position, a: Position, b: Position, scale: Scale): Position {
  const [dx, dy] = [(b[0] - a[0]) * scale.x, (b[1] - a[1]) * scale.y];
  const length2 = dx * dx + dy * dy;
  if (length2 === 0) return a;
  const t = ((p[0] - a[0]) * scale.x * dx + (p[1] - a[1]) * scale.y * dy) / length2;
  const part = Math.min(1, Math.max(0, t));
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
}

export const toSegment = (p: Position, a: Position, b: Position, scale: Scale): number =>
  distance(p, nearestOn(p, a, b, scale), scale);

export const regionOf = (shape: Polygon | MultiPolygon): Region =>
  (shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates) as Region;

/** Even-odd over all rings, so that holes are outside. */
export function isInside([x, y]: Position, region: Region): boolean {
  let inside = false;
  for (const polygon of region) {
    for (const ring of polygon) {
      for (let k = 0, j = ring.length - 1; k < ring.length; j = k, k += 1) {
        const a = ring[k];
        const b = ring[j];
        if (!a || !b) continue;
        if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
      }
    }
  }
  return inside;
}

export function boxOf(positions: Iterable<Position>): Box {
  let box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of positions) {
    box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
  }
  return box;
}

export function boxOfRegion(region: Region): Box {
  return boxOf(region.flat(2));
}

export const inBox = ([x, y]: Position, [west, south, east, north]: Box): boolean =>
  x >= west && x <= east && y >= south && y <= north;

export function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
export const rounded = ([x, y]: Position): Position => [round(x), round(y)];

export const rectangle = (a: Position, b: Position): Region => {
  const [west, east] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [south, north] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  return [
    [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ].map((corner) => rounded(corner as Position)),
    ],
  ];
};

/** A closed ring from a path; null where it encloses nothing. */
export function ringOf(path: readonly Position[]): Region | null {
  const [first] = path;
  if (!first || path.length < 3) return null;
  return [[[...path, first].map(rounded)]];
}

const ARC_STEPS = 8;

/**
 * The ground within `radius_m` of a stroke: a convex piece a segment (a stadium), since neighbouring stadiums overlap and
 * a union is the server's business.
 */
export function stadium(a: Position, b: Position, radius_m: number, scale: Scale): Position[] {
  const angle = Math.atan2((b[1] - a[1]) * scale.y, (b[0] - a[0]) * scale.x);
  const arc = (centre: Position, from: number): Position[] =>
    Array.from({ length: ARC_STEPS + 1 }, (_, k) => {
      const turn = from + (k / ARC_STEPS) * Math.PI;
      return rounded([
        centre[0] + (Math.cos(turn) * radius_m) / scale.x,
        centre[1] + (Math.sin(turn) * radius_m) / scale.y,
      ]);
    });
  const ring = [...arc(a, angle + Math.PI / 2), ...arc(b, angle - Math.PI / 2)];
  return ring[0] ? [...ring, ring[0]] : [];
}

/** Leaves out points that a drawn path does not need (Douglas–Peucker), so that a hand's trembling is not sent. */
export function simplified(path: readonly Position[], tolerance_m: number, scale: Scale): Position[] {
  const [first] = path;
  const last = path.at(-1);
  if (!first || !last || path.length < 3) return [...path];
  let [farthest, far] = [0, 0];
  for (let k = 1; k + 1 < path.length; k += 1) {
    const p = path[k];
    const off = p ? toSegment(p, first, last, scale) : 0;
    if (off > far) [farthest, far] = [k, off];
  }
  if (far <= tolerance_m) return [first, last];
  const left = simplified(path.slice(0, farthest + 1), tolerance_m, scale);
  return [...left.slice(0, -1), ...simplified(path.slice(farthest), tolerance_m, scale)];
}
