// Small planar geometry for placing labels and cameras; figures never come from here.
import type { Feature, FeatureCollection, GeoJsonProperties, Geometry, Point, Position } from 'geojson';
import { splitName } from '../metric/names';

export type Bounds = [west: number, south: number, east: number, north: number];

function* positions(geometry: Geometry): Generator<Position> {
  switch (geometry.type) {
    case 'Point':
      yield geometry.coordinates;
      break;
    case 'MultiPoint':
    case 'LineString':
      yield* geometry.coordinates;
      break;
    case 'Polygon':
    case 'MultiLineString':
      for (const line of geometry.coordinates) yield* line;
      break;
    case 'MultiPolygon':
      for (const polygon of geometry.coordinates) for (const ring of polygon) yield* ring;
      break;
    case 'GeometryCollection':
      for (const part of geometry.geometries) yield* positions(part);
  }
}

export function boundsOf(features: readonly Feature[]): Bounds | null {
  let bounds: Bounds | null = null;
  for (const { geometry } of features) {
    // A feature without a position has a null geometry, whatever the type says.
    if (!(geometry as Geometry | null)) continue;
    for (const [x = 0, y = 0] of positions(geometry)) {
      bounds = bounds
        ? [Math.min(bounds[0], x), Math.min(bounds[1], y), Math.max(bounds[2], x), Math.max(bounds[3], y)]
        : [x, y, x, y];
    }
  }
  return bounds;
}

type Ring = readonly Position[];

function signedArea(ring: Ring): number {
  let sum = 0;
  for (let k = 0; k + 1 < ring.length; k += 1) {
    const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = [ring[k], ring[k + 1]];
    sum += x1 * y2 - x2 * y1;
  }
  return sum / 2;
}

/** Where the horizontal line at `y` is inside the polygon: pairs of longitudes. */
function crossings(rings: readonly Ring[], y: number): number[] {
  const xs: number[] = [];
  for (const ring of rings) {
    for (let k = 0; k + 1 < ring.length; k += 1) {
      const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = [ring[k], ring[k + 1]];
      if (y1 > y !== y2 > y) xs.push(x1 + ((x2 - x1) * (y - y1)) / (y2 - y1));
    }
  }
  return xs.sort((a, b) => a - b);
}

const SCANS = 9;

/**
 * A point well inside a polygon, for its label: the middle of the widest stretch among a few horizontal cuts, those near
 * the middle preferred. Always inside, unlike the centroid.
 */
export function labelPoint(geometry: Geometry): [number, number] | null {
  const polygons =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  const largest = polygons.toSorted((a, b) => Math.abs(signedArea(b[0] ?? [])) - Math.abs(signedArea(a[0] ?? [])))[0];
  const outer = largest?.[0];
  if (!largest || !outer) return null;
  const ys = outer.map(([, y = 0]) => y);
  const [south, north] = [Math.min(...ys), Math.max(...ys)];
  let best: { at: [number, number]; score: number } | null = null;
  for (let k = 1; k <= SCANS; k += 1) {
    const part = k / (SCANS + 1);
    const y = south + (north - south) * part;
    const xs = crossings(largest, y);
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const [a = 0, b = 0] = [xs[i], xs[i + 1]];
      const score = (b - a) * (1 - Math.abs(part - 0.5));
      if (!best || score > best.score) best = { at: [(a + b) / 2, y], score };
    }
  }
  return best?.at ?? null;
}

/**
 * A name as the map shows it: "第1网格" where the place above is named as well, and that place in a line of its own where
 * it is not. A line break inside a word would tear a name apart.
 */
function labelNames(properties: GeoJsonProperties): { own: string; above: string } {
  const text = (key: string) => String((properties?.[key] as string | null | undefined) ?? '');
  const { own, above } = splitName(text('name'), [text('village_name'), text('grid_name')]);
  return { own, above: above ?? '' };
}

/** One label point a place, so that a name stands once however many tiles the polygon spans. */
export function labelPoints(places: FeatureCollection): FeatureCollection<Point> {
  const features = places.features.flatMap((place): Feature<Point>[] => {
    const coordinates = labelPoint(place.geometry);
    return coordinates
      ? [
          {
            type: 'Feature',
            geometry: { type: 'Point', coordinates },
            properties: { ...place.properties, ...labelNames(place.properties) },
          },
        ]
      : [];
  });
  return { type: 'FeatureCollection', features };
}

/** How far a frame must move so that it holds the stretch; null if the stretch is longer than the frame. */
export function stepInto(stretch: [from: number, to: number], frame: [from: number, to: number]): number | null {
  if (stretch[1] - stretch[0] > frame[1] - frame[0]) return null;
  if (stretch[0] < frame[0]) return stretch[0] - frame[0];
  return Math.max(0, stretch[1] - frame[1]);
}
