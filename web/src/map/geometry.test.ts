import type { Feature, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { boundsOf, labelPoint, labelPoints, stepInto } from './geometry';

const polygon = (...rings: [number, number][][]): Polygon => ({ type: 'Polygon', coordinates: rings });
const square = (x: number, y: number, size: number): [number, number][] => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];
const feature = (geometry: Feature['geometry']): Feature => ({ type: 'Feature', geometry, properties: { id: 'a' } });

describe('boundsOf', () => {
  it('spans all geometries and skips features without one', () => {
    const nowhere = JSON.parse('{"type":"Feature","geometry":null,"properties":{}}') as Feature;
    expect(
      boundsOf([feature(polygon(square(1, 2, 3))), nowhere, feature({ type: 'Point', coordinates: [0, 9] })]),
    ).toEqual([0, 2, 4, 9]);
    expect(boundsOf([nowhere])).toBeNull();
  });
});

describe('labelPoint', () => {
  it('is the middle of a square', () => {
    expect(labelPoint(polygon(square(0, 0, 2)))).toEqual([1, 1]);
  });

  it('lies inside a horseshoe, whose centroid does not', () => {
    const horseshoe = polygon([
      [0, 0],
      [9, 0],
      [9, 9],
      [8, 9],
      [8, 1],
      [1, 1],
      [1, 9],
      [0, 9],
      [0, 0],
    ]);
    const [x = 0, y = 0] = labelPoint(horseshoe) ?? [];
    expect(y <= 1 || x <= 1 || x >= 8).toBe(true);
  });

  it('keeps out of holes and takes the largest part', () => {
    const [x = 0, y = 0] = labelPoint(polygon(square(0, 0, 10), square(3, 3, 4).reverse())) ?? [];
    expect(x > 3 && x < 7 && y > 3 && y < 7).toBe(false);
    const parts = { type: 'MultiPolygon' as const, coordinates: [[square(0, 0, 1)], [square(10, 10, 4)]] };
    expect(labelPoint(parts)).toEqual([12, 12]);
    expect(labelPoint({ type: 'Point', coordinates: [0, 0] })).toBeNull();
  });
});

describe('labelPoints', () => {
  it('makes one point a place, with its name apart from that of the place above', () => {
    const properties = { name: '文丰路社区第1网格', village_name: '文丰路社区' };
    const place = { ...feature(polygon(square(0, 0, 2))), properties };
    const points = labelPoints({ type: 'FeatureCollection', features: [place] });
    expect(points.features).toEqual([
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [1, 1] },
        properties: { ...properties, own: '第1网格', above: '文丰路社区' },
      },
    ]);
  });
});

describe('stepInto', () => {
  it('moves no farther than it must', () => {
    expect(stepInto([20, 30], [10, 90])).toBe(0);
    expect(stepInto([0, 30], [10, 90])).toBe(-10);
    expect(stepInto([70, 95], [10, 90])).toBe(5);
    expect(stepInto([0, 95], [10, 90])).toBeNull();
  });
});
