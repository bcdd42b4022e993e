import { describe, expect, it } from 'vitest';
import { row } from '../testing/rows';
import { barOf, intervalAxis } from './interval';
import type { Ranked } from './rank';

type Part = [low: number | null, value: number | null, high: number | null];

const entry = ([low, value, high]: Part, rank: number | null = 1): Ranked => ({
  row: row({ value, low, high, n: 10 }),
  value,
  rank,
});
const axis = (...parts: Part[]) => intervalAxis(parts.map((part) => entry(part)));

describe('intervalAxis', () => {
  it('spans values and intervals', () => {
    expect(axis([0.4, 0.5, 0.6], [0.5, 0.7, 0.9])).toEqual([0.4, 0.9]);
  });

  it('starts at zero where it nearly reaches it, and never has no length', () => {
    expect(axis([0.1, 0.5, 0.9])).toEqual([0, 0.9]);
    expect(axis([2, 2, 2])).toEqual([2, 3]);
    expect(axis()).toEqual([0, 1]);
  });

  it('counts rows without a rank, which are drawn too, but not those without a figure', () => {
    expect(intervalAxis([entry([4, 5, 6]), entry([3, 5, 9], null)])).toEqual([3, 9]);
    expect(intervalAxis([entry([4, 5, 6]), entry([0, null, 90])])).toEqual([4, 6]);
  });

  it('is not crushed by a few that reach out', () => {
    const usual = Array.from({ length: 20 }, (_, k): Part => [1, 3, 5 + k / 10]);
    expect(axis(...usual, [2, 6, 12])[1]).toBe(12);
    expect(axis(...usual, [2, 60, 400])[1]).toBeLessThan(7);
    // Many that reach out are no outliers.
    const many = Array.from({ length: 8 }, (): Part => [2, 60, 400]);
    expect(axis(...usual, ...many)[1]).toBe(400);
    expect(axis([1, 2, 3], [1, 2, 40])[1]).toBe(40);
  });
});

describe('barOf', () => {
  it('lies between its ends', () => {
    expect(barOf({ low: 2, high: 8 }, 5, [0, 10])).toEqual({
      left: 20,
      right: 80,
      dot: 50,
      ends: { left: 'real', right: 'real' },
      beyond: false,
    });
  });

  it('tells an unknown end from one beyond the axis', () => {
    expect(barOf({ low: 2, high: null }, 5, [0, 10])).toMatchObject({ right: 100, ends: { right: 'open' } });
    expect(barOf({ low: null, high: 8 }, 5, [0, 10])).toMatchObject({ left: 0, ends: { left: 'open' } });
    expect(barOf({ low: 2, high: 12 }, 5, [0, 10])).toMatchObject({
      right: 100,
      ends: { right: 'cut' },
      beyond: false,
    });
    expect(barOf({ low: 8, high: 30 }, 20, [0, 10])).toMatchObject({ dot: 100, ends: { right: 'cut' }, beyond: true });
    // An end exactly at the axis' is an end.
    expect(barOf({ low: 0, high: 10 }, 5, [0, 10]).ends).toEqual({ left: 'real', right: 'real' });
  });

  it('is a dot where there is no interval', () => {
    expect(barOf({ low: null, high: null }, 5, [0, 10])).toMatchObject({ left: 50, right: 50, dot: 50 });
  });
});
