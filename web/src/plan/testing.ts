// Small places and households that the planner's tests share.
import type { HouseholdCollection, PlaceFeature, Position } from '../api/plan-types';

/** One ring: the square from the corner. */
export const square = (west: number, south: number, size: number): Position[][] => [
  [
    [west, south],
    [west + size, south],
    [west + size, south + size],
    [west, south + size],
    [west, south],
  ],
];

export const place = (id: string, rings: Position[][], parent = 'v'): PlaceFeature => ({
  type: 'Feature',
  id,
  geometry: { type: 'MultiPolygon', coordinates: [rings] },
  properties: { id, level: 'grid', parent, code: id, name: id, kind: null, new: false, changed: false, locked: false },
});

export const home = (id: string, at: Position, grid: string, persons = 2): HouseholdCollection['features'][number] => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: at },
  properties: { id, grid, grid_today: grid, persons },
});
