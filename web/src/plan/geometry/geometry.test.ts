import { describe, expect, it } from 'vitest';
import type { Position } from '../../api/plan-types';
import { home, place, square } from '../testing';
import { BorderIndex } from './borders';
import { Households } from './households';
import { distance, isInside, rectangle, ringOf, scaleAt, simplified, stadium, toSegment } from './planar';

const SCALE = scaleAt(0);
const METRE = 1 / 111_320;

describe('planar geometry', () => {
  it('measures in metres', () => {
    expect(distance([0, 0], [0.001, 0], SCALE)).toBeCloseTo(111.32, 2);
    expect(distance([0, 0], [0.001, 0], scaleAt(60))).toBeCloseTo(55.66, 2);
    expect(toSegment([0.0005, 0.001], [0, 0], [0.001, 0], SCALE)).toBeCloseTo(110.574, 3);
  });

  it('takes a hole for outside', () => {
    const region = [[...square(0, 0, 10), ...square(4, 4, 2)]].map((rings) => rings.map((ring) => ring));
    expect(isInside([1, 1], region)).toBe(true);
    expect(isInside([5, 5], region)).toBe(false);
    expect(isInside([11, 5], region)).toBe(false);
  });

  it('draws a stadium that holds exactly what is within the radius, up to the corners of its arcs', () => {
    const [a, b]: [Position, Position] = [
      [0, 0],
      [0.002, 0.001],
    ];
    const region = [[stadium(a, b, 100, SCALE)]];
    for (let k = 0; k < 400; k += 1) {
      const p: Position = [-0.002 + (k % 20) * 0.0003, -0.002 + Math.floor(k / 20) * 0.00025];
      const off = toSegment(p, a, b, SCALE);
      if (off < 97) expect(isInside(p, region)).toBe(true);
      if (off > 100.1) expect(isInside(p, region)).toBe(false);
    }
  });

  it('closes a path, and not one that encloses nothing', () => {
    expect(
      ringOf([
        [0, 0],
        [1, 0],
      ]),
    ).toBeNull();
    expect(
      ringOf([
        [0, 0],
        [1, 0],
        [1, 1],
      ])?.[0]?.[0],
    ).toHaveLength(4);
    expect(rectangle([1, 1], [0, 0])[0]?.[0]?.[0]).toEqual([0, 0]);
  });

  it('leaves out what a line does not need, and nothing beyond the tolerance', () => {
    const path = Array.from({ length: 50 }, (_, k): Position => [k * METRE, Math.sin(k / 8) * 20 * METRE]);
    const short = simplified(path, 2, SCALE);
    expect(short.length).toBeLessThan(path.length / 2);
    for (const p of path) {
      const off = Math.min(...short.slice(1).map((q, k) => toSegment(p, short[k] ?? q, q, SCALE)));
      expect(off).toBeLessThanOrEqual(2);
    }
  });
});

describe('the index of borders', () => {
  const [west, east] = [place('a', square(0, 0, 0.01)), place('b', square(0.01, 0, 0.01))];

  it('knows who is on either side', () => {
    const index = new BorderIndex();
    index.put(west);
    index.put(east);
    const hit = index.near([0.0101, 0.005], 50, SCALE);
    expect([hit?.a, hit?.b].sort()).toEqual(['a', 'b']);
    expect(hit?.at).toEqual([0.01, 0.005]);
    expect(index.near([0, 0.005], 50, SCALE)).toMatchObject({ a: 'a', b: null });
    expect(index.near([0.005, 0.005], 50, SCALE)).toBeNull();
    expect(index.between('a', 'b')).toHaveLength(1);
    expect([...index.neighbours('a')]).toEqual(['b']);
  });

  it('follows a change of shape', () => {
    const index = new BorderIndex();
    index.put(west);
    index.put(east);
    index.put(place('a', square(0, 0, 0.005)));
    expect(index.between('a', 'b')).toEqual([]);
    index.remove('a');
    expect(index.near([0.005, 0.001], 50, SCALE)).toBeNull();
    expect(index.vertexNear([0.0101, 0.0001], 50, SCALE)).toEqual([0.01, 0]);
  });
});

describe('households', () => {
  const all = () =>
    new Households({
      type: 'FeatureCollection',
      features: [home('1', [0.001, 0], 'a'), home('2', [0.002, 0], 'a', 4), home('3', [0.003, 0], 'b')],
    });

  it('are found along a segment, in their grid only', () => {
    const homes = all();
    expect(homes.along('a', [0.0015, 0], [0.003, 0], 60, SCALE).map(({ id }) => id)).toEqual(['1', '2']);
    expect(homes.along('a', [0.0019, 0], [0.003, 0], 60, SCALE).map(({ id }) => id)).toEqual(['2']);
    expect(homes.nearest([0.0029, 0], 20, SCALE)?.id).toBe('3');
    expect(homes.within(rectangle([0.0015, -1], [1, 1])).map(({ id }) => id)).toEqual(['2', '3']);
  });

  it('move from grid to grid', () => {
    const homes = all();
    homes.move([{ household: '2', from: 'a', to: 'b', persons: 4 }]);
    expect([...homes.in('a')].map(({ id }) => id)).toEqual(['1']);
    expect([...homes.in('b')].map(({ id }) => id)).toEqual(['3', '2']);
    expect(homes.get('2')).toMatchObject({ grid: 'b', today: 'a' });
  });
});
