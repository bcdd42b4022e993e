// Classes of a choropleth: where to cut a set of values.
import type { Unit } from '../api/types';

export type Classing = 'quantile' | 'natural';

/** Ascending limits of the classes: `limits[k] ≤ value < limits[k + 1]`, the last class with its upper limit. */
export type Limits = readonly number[];

const ascending = (values: readonly number[]): number[] => values.filter(Number.isFinite).sort((a, b) => a - b);

/** Limits of at most `count` classes with about as many values in each. Equal values are never parted. */
export function quantileLimits(values: readonly number[], count: number): number[] {
  const sorted = ascending(values);
  const last = sorted.length - 1;
  if (last < 0) return [];
  return distinct(
    Array.from({ length: count + 1 }, (_, k) => {
      const position = (k / count) * last;
      const below = Math.floor(position);
      const [a = 0, b = a] = [sorted[below], sorted[below + 1]];
      return a + (b - a) * (position - below);
    }),
  );
}

/**
 * Whole limits that grow by about the same factor: for counts that pile up in a few places, where classes of equal size
 * would put every hot spot into one.
 */
export function growingLimits(counts: readonly number[], classes: number): number[] {
  const sorted = ascending(counts);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return [];
  const start = Math.max(1, low);
  const inner = Array.from({ length: classes - 1 }, (_, k) =>
    roundDown(start * (high / start) ** ((k + 1) / classes)),
  ).filter((limit) => limit > low && limit < high);
  return distinct([low, ...inner, high]);
}

/** Down to one figure that counts: 37 → 30; small numbers stay whole. */
function roundDown(value: number): number {
  if (value < 10) return Math.round(value);
  const power = 10 ** Math.floor(Math.log10(value));
  return Math.floor(value / power) * power;
}

/** Beyond this many values the natural breaks are sought among evenly taken ones: the search is quadratic. */
const NATURAL_SAMPLE = 600;

/**
 * Fisher's natural breaks: the classes with the least sum of squared deviations from their means.
 * W. D. Fisher, "On grouping for maximum homogeneity", JASA 53 (1958).
 */
export function naturalLimits(values: readonly number[], count: number): number[] {
  const sorted = thinned(ascending(values), NATURAL_SAMPLE);
  const n = sorted.length;
  const first = sorted[0];
  if (first === undefined) return [];
  const classes = Math.min(count, new Set(sorted).size);
  const deviation = squaredDeviations(sorted);

  // cost[j]: the best sum for the values before j in the classes so far; start[k][j]: where the last of k + 1 classes begins.
  let cost = Array.from({ length: n + 1 }, (_, j) => deviation(0, j));
  const start: number[][] = [];
  for (let k = 1; k < classes; k += 1) {
    const next = new Array<number>(n + 1).fill(Infinity);
    const from = new Array<number>(n + 1).fill(0);
    for (let j = k + 1; j <= n; j += 1) {
      for (let i = k; i < j; i += 1) {
        const sum = (cost[i] ?? Infinity) + deviation(i, j);
        if (sum < (next[j] ?? Infinity)) {
          next[j] = sum;
          from[j] = i;
        }
      }
    }
    cost = next;
    start.push(from);
  }

  const limits = [sorted[n - 1] ?? first];
  let end = n;
  for (let k = classes - 2; k >= 0; k -= 1) {
    end = start[k]?.[end] ?? 0;
    // Half-way between two classes, so that a class of the largest value alone is not lost.
    limits.unshift(((sorted[end - 1] ?? first) + (sorted[end] ?? first)) / 2);
  }
  return distinct([first, ...limits]);
}

/** The sum of squared deviations of `sorted[i..j)`, by prefix sums around the mean (which keeps the digits). */
function squaredDeviations(sorted: readonly number[]): (i: number, j: number) => number {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const sums = [0];
  const squares = [0];
  for (const value of sorted) {
    sums.push((sums.at(-1) ?? 0) + value - mean);
    squares.push((squares.at(-1) ?? 0) + (value - mean) ** 2);
  }
  return (i, j) => {
    if (j <= i) return 0;
    const sum = (sums[j] ?? 0) - (sums[i] ?? 0);
    return Math.max(0, (squares[j] ?? 0) - (squares[i] ?? 0) - (sum * sum) / (j - i));
  };
}

function thinned(sorted: readonly number[], most: number): number[] {
  if (sorted.length <= most) return [...sorted];
  return Array.from({ length: most }, (_, k) => sorted[Math.round((k / (most - 1)) * (sorted.length - 1))] ?? 0);
}

function distinct(limits: readonly number[]): number[] {
  const kept = limits.filter((limit, k) => k === 0 || limit > (limits[k - 1] ?? -Infinity));
  // One single value still makes one class.
  return kept.length === 1 ? [kept[0] ?? 0, kept[0] ?? 0] : kept;
}

/** Limits on both sides of a middle, each side cut by its own quantiles: for figures that mean "above or below". */
export function divergingLimits(values: readonly number[], middle: number, perSide: number): number[] {
  const sorted = ascending(values);
  const below = quantileLimits([...sorted.filter((value) => value < middle), middle], perSide);
  const above = quantileLimits([middle, ...sorted.filter((value) => value >= middle)], perSide);
  return distinct([...below, ...above].sort((a, b) => a - b));
}

/** The step to which a limit is rounded so that the legend reads well and still tells classes apart. */
function stepOf(unit: Unit, range: number): number {
  if (unit === 'ratio' || unit === 'events_per_worker_day') return range > 0.1 ? 0.01 : 0.001;
  if (unit === 'count') return 1;
  if (range <= 0) return 0;
  // A hundredth of the range, down to a round 1, 2 or 5.
  const raw = range / 100;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * (raw / power >= 5 ? 5 : raw / power >= 2 ? 2 : 1);
}

/** Rounds the inner limits to legible numbers; the outer ones keep every value inside. */
export function legibleLimits(limits: Limits, unit: Unit): number[] {
  const [low, high] = [limits[0], limits.at(-1)];
  if (low === undefined || high === undefined) return [];
  const step = stepOf(unit, high - low);
  if (step === 0) return [low, high];
  const tidy = (value: number) => Number((Math.round(value / step) * step).toPrecision(12));
  const inner = limits
    .slice(1, -1)
    .map(tidy)
    .filter((value) => value > low && value < high);
  return distinct([low, ...inner, high]);
}

/** Limits together with what they alone cannot say: whether the first class holds nothing but the lowest value. */
export interface Classes {
  limits: number[];
  lowAlone: boolean;
}

/** Fewer classes than this tell too little apart, where there is more to be told. */
const LEAST_CLASSES = 3;

/**
 * The classes of a map in legible numbers. Where most values are the same (nearly every grid at 100 %), quantiles fall
 * together and would paint everything alike; the values that pile up then get a class of their own.
 */
export function classesOf(values: readonly number[], classing: Classing, unit: Unit, count: number): Classes {
  const cut = classing === 'natural' ? naturalLimits : quantileLimits;
  const usual = legibleLimits(cut(values, count), unit);
  const sorted = ascending(values);
  if (sorted.length === 0) return { limits: [], lowAlone: false };
  const [low = 0, high = low] = [sorted[0], sorted.at(-1)];
  const step = stepOf(unit, high - low);
  // Differences below the step are noise of the computation: a whole of 99.99999 % is no class beside 100 %.
  const different = new Set(sorted.map((value) => (step > 0 ? Math.round(value / step) : value))).size;
  if (usual.length - 1 >= Math.min(LEAST_CLASSES, different)) return { limits: usual, lowAlone: false };
  return heapedClasses(sorted, unit, count, step / 2);
}

/** A class of its own for a lowest or highest value that fills more than its share; natural breaks for the rest. */
function heapedClasses(sorted: readonly number[], unit: Unit, count: number, tolerance: number): Classes {
  const [low = 0, high = low] = [sorted[0], sorted.at(-1)];
  const isLow = (value: number) => value - low < tolerance;
  const isHigh = (value: number) => high - value < tolerance;
  const share = (test: (value: number) => boolean) => sorted.filter(test).length / sorted.length;
  const highAlone = share(isHigh) > 1 / count;
  const others = sorted.filter((value) => !(highAlone && isHigh(value)));
  // What is left beside the heap at the top may be one value, however seldom.
  const lowAlone = share(isLow) > 1 / count || others.every(isLow);
  const rest = [...new Set(others.filter((value) => !(lowAlone && isLow(value))))];
  const classes = count - Number(highAlone) - Number(lowAlone);
  const inner = legibleLimits(naturalLimits(rest, classes), unit);
  const top = sorted.find(isHigh) ?? high;
  return {
    limits: [low, ...(lowAlone ? inner.slice(0, 1) : []), ...inner.slice(1, -1), ...(highAlone ? [top] : []), high],
    lowAlone,
  };
}

/** The class of a value; values beyond the limits fall into the first or last. Null where there are no classes. */
export function classOf(value: number, limits: Limits): number | null {
  const classes = limits.length - 1;
  if (classes < 1) return null;
  let k = 0;
  while (k < classes - 1 && value >= (limits[k + 1] ?? Infinity)) k += 1;
  return k;
}
