import type { Feature } from 'geojson';
import { describe, expect, it, vi } from 'vitest';

vi.mock('./store', () => ({ view: { value: {} } }));
const { homesOf } = await import('./homes');

const feature = (properties: Record<string, string | null>): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [0, 0] },
  properties,
});
const places = {
  village: [feature({ id: 'v', name: '田富村' })],
  grid: [feature({ id: 'g', name: '田富村第1网格', village_id: 'v' })],
  microgrid: [feature({ id: 'm', name: '田富村第1网格第1微网格', grid_id: 'g' })],
};
const post = (person: string | null, place_id: string, from: string, to: string | null = null) =>
  feature({ person, place_id, from, to });

describe('homesOf', () => {
  it('finds the place of a post and what lies around it', () => {
    expect(homesOf([post('P1', 'm', '2024-01-01')], places).get('P1')).toEqual({
      id: 'm',
      name: '田富村第1网格第1微网格',
      around: { microgrid: 'm', grid: 'g' },
    });
  });

  it('takes the post that is still held, and of several the latest', () => {
    const homes = homesOf(
      [
        post('P1', 'g', '2020-01-01'),
        post('P1', 'm', '2025-01-01', '2025-12-31'),
        post('P2', 'v', '2020-01-01'),
        post('P2', 'g', '2023-01-01'),
      ],
      places,
    );
    expect([homes.get('P1')?.id, homes.get('P2')?.id]).toEqual(['g', 'g']);
  });

  it('leaves out posts without a person or in a place that is not on the map', () => {
    expect(homesOf([post(null, 'm', '2024-01-01'), post('P3', 'gone', '2024-01-01')], places).size).toBe(0);
  });
});
