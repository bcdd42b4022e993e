import { describe, expect, it } from 'vitest';
import {
  classesOf,
  classOf,
  divergingLimits,
  growingLimits,
  legibleLimits,
  naturalLimits,
  quantileLimits,
} from './classes';

/** A small deterministic generator, so that a failure can be repeated. */
function values(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  });
}

const deviation = (part: number[]): number => {
  const mean = part.reduce((a, b) => a + b, 0) / part.length;
  return part.reduce((sum, x) => sum + (x - mean) ** 2, 0);
};

/** The least sum over every way to cut `sorted` into `classes` parts. */
function bruteForce(sorted: number[], classes: number): number {
  if (classes === 1) return deviation(sorted);
  let best = Infinity;
  for (let end = 1; end <= sorted.length - classes + 1; end += 1) {
    best = Math.min(best, deviation(sorted.slice(0, end)) + bruteForce(sorted.slice(end), classes - 1));
  }
  return best;
}

function sumWithin(sorted: number[], limits: number[]): number {
  const parts = new Map<number, number[]>();
  for (const value of sorted) {
    const k = classOf(value, limits) ?? -1;
    parts.set(k, [...(parts.get(k) ?? []), value]);
  }
  return [...parts.values()].reduce((sum, part) => sum + deviation(part), 0);
}

describe('quantileLimits', () => {
  it('puts about as many values into each class', () => {
    const all = values(500, 7);
    const limits = quantileLimits(all, 5);
    const counts = [0, 1, 2, 3, 4].map((k) => all.filter((value) => classOf(value, limits) === k).length);
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(1);
  });

  it('never parts equal values', () => {
    expect(quantileLimits([1, 1, 1, 1, 1, 1, 1, 2], 4)).toEqual([1, 2]);
  });

  it('makes one class of one value and none of nothing', () => {
    expect(quantileLimits([3, 3, 3], 5)).toEqual([3, 3]);
    expect(quantileLimits([], 5)).toEqual([]);
    expect(quantileLimits([Number.NaN], 5)).toEqual([]);
  });
});

describe('naturalLimits', () => {
  it('finds the obvious groups', () => {
    expect(naturalLimits([1, 1.1, 1.2, 5, 5.1, 9, 9.2], 3)).toEqual([1, 3.1, 7.05, 9.2]);
  });

  it.each([1, 2, 3, 4, 5])('is as good as trying every cut (seed %i)', (seed) => {
    const sorted = values(14, seed).sort((a, b) => a - b);
    for (const classes of [2, 3, 4]) {
      const limits = naturalLimits(sorted, classes);
      expect(limits).toHaveLength(classes + 1);
      expect(sumWithin(sorted, limits)).toBeCloseTo(bruteForce(sorted, classes), 10);
    }
  });

  it('stays quick and inside the data for many values', () => {
    const all = values(20_000, 3);
    const limits = naturalLimits(all, 5);
    expect(limits[0]).toBe(Math.min(...all));
    expect(limits.at(-1)).toBe(Math.max(...all));
  });

  it('makes no more classes than there are different values', () => {
    expect(naturalLimits([2, 2, 4], 5)).toEqual([2, 3, 4]);
  });
});

describe('divergingLimits', () => {
  it('has the middle among its limits and no class across it', () => {
    const limits = divergingLimits(values(200, 11), 0.4, 2);
    expect(limits).toContain(0.4);
    expect(limits).toHaveLength(5);
  });
});

describe('legibleLimits', () => {
  it('rounds inner limits to whole percent and keeps the outer ones', () => {
    expect(legibleLimits([0.3333, 0.7142, 0.8999, 1], 'ratio')).toEqual([0.3333, 0.71, 0.9, 1]);
  });

  it('merges classes of counts that round to the same number', () => {
    expect(legibleLimits([0, 1.2, 1.4, 3.6, 9], 'count')).toEqual([0, 1, 4, 9]);
  });

  it('lets no value fall outside', () => {
    const all = values(300, 5).map((x) => x * 86400);
    const limits = legibleLimits(quantileLimits(all, 5), 'seconds');
    expect(limits[0]).toBe(Math.min(...all));
    expect(limits.at(-1)).toBe(Math.max(...all));
  });
});

describe('classesOf', () => {
  const counts = (all: number[], limits: number[]) => {
    const found = new Array<number>(limits.length - 1).fill(0);
    for (const value of all) found[classOf(value, limits) ?? 0] = (found[classOf(value, limits) ?? 0] ?? 0) + 1;
    return found;
  };

  it('leaves quantiles alone where they tell apart', () => {
    const all = values(500, 7);
    expect(classesOf(all, 'quantile', 'ratio', 5)).toEqual({
      limits: legibleLimits(quantileLimits(all, 5), 'ratio'),
      lowAlone: false,
    });
  });

  it('gives a highest value that most have a class of its own', () => {
    const below = Array.from({ length: 34 }, (_, k) => k / 36);
    const all = [...below, ...new Array<number>(142).fill(1)];
    const { limits, lowAlone } = classesOf(all, 'quantile', 'ratio', 5);
    expect(limits).toHaveLength(6);
    expect(limits.slice(-2)).toEqual([1, 1]);
    expect(lowAlone).toBe(false);
    expect(counts(all, limits).at(-1)).toBe(142);
    expect(counts(all, limits).every((count) => count > 0)).toBe(true);
  });

  it('gives a lowest value that most have a class of its own', () => {
    const all = [...new Array<number>(90).fill(0), 2, 3, 5, 8, 13];
    const { limits, lowAlone } = classesOf(all, 'quantile', 'count', 5);
    expect(lowAlone).toBe(true);
    expect(counts(all, limits)[0]).toBe(90);
    expect(limits.length).toBeGreaterThan(3);
  });

  it('parts two values, however seldom one is', () => {
    const all = [...new Array<number>(12).fill(0), ...new Array<number>(345).fill(1)];
    const { limits, lowAlone } = classesOf(all, 'quantile', 'ratio', 5);
    expect({ limits, lowAlone }).toEqual({ limits: [0, 1, 1], lowAlone: true });
    expect(counts(all, limits)).toEqual([12, 345]);
  });

  it('takes the noise of a computation for no difference', () => {
    expect(classesOf([0.9999999999, 0.99999999995, 1], 'quantile', 'ratio', 5).limits).toHaveLength(2);
    expect(classesOf([], 'quantile', 'ratio', 5).limits).toEqual([]);
  });
});

describe('classOf', () => {
  it('takes a limit into the class above it, the last into the class below', () => {
    const limits = [0, 1, 2, 3];
    expect([0, 0.99, 1, 2, 3].map((value) => classOf(value, limits))).toEqual([0, 0, 1, 2, 2]);
  });

  it('keeps values beyond the limits in the outer classes', () => {
    expect([-5, 99].map((value) => classOf(value, [0, 1, 2]))).toEqual([0, 1]);
    expect(classOf(1, [])).toBeNull();
  });
});

describe('growingLimits', () => {
  it('grow by about the same factor, in whole and legible numbers', () => {
    expect(growingLimits([1, 1, 2, 7, 40, 344], 5)).toEqual([1, 3, 10, 30, 100, 344]);
  });

  it('are fewer where there is less to tell apart', () => {
    expect(growingLimits([1, 2, 1], 5)).toEqual([1, 2]);
    expect(growingLimits([5, 5], 5)).toEqual([5, 5]);
    expect(growingLimits([], 5)).toEqual([]);
  });
});
