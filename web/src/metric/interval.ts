// The interval bars of the ranking: one axis for all of them, and where each bar lies on it.
import type { MetricRow } from '../api/types';
import type { Ranked } from './rank';

export type Axis = readonly [from: number, to: number];

/** Ends that reach farther than this many times the highest of the others would crush all other bars. */
const OUTLIER = 2.5;
/** Of how many rows that may be said: no more than these, and of few rows one at most. */
const MOST_OUTLIERS = 5;
const OUTLIERS = 0.03;
/** Of fewer rows nobody can say what is usual. */
const LEAST_ROWS = 5;

/** All that a row draws: its value and the known ends of its interval. */
const drawn = ({ row, value }: Ranked): number[] =>
  value === null ? [] : [row.low, value, row.high].filter((end) => end !== null);

/**
 * An axis that holds every value and interval drawn, ranked or not. Only where a handful of rows reach out much farther
 * than all others, it ends at those others, and what lies beyond is cut.
 */
export function intervalAxis(entries: readonly Ranked[]): Axis {
  const ends = entries.flatMap(drawn);
  const highs = entries
    .map(drawn)
    .filter((row) => row.length > 0)
    .map((row) => Math.max(...row))
    .sort((a, b) => a - b);
  const outliers = Math.min(MOST_OUTLIERS, Math.ceil(highs.length * OUTLIERS));
  const usual = highs[highs.length - 1 - outliers] ?? 0;
  const low = ends.reduce((least, end) => Math.min(least, end), ends[0] ?? 0);
  const most = highs.at(-1) ?? 1;
  const high = highs.length >= LEAST_ROWS && usual > 0 && most > usual * OUTLIER ? usual : most;
  if (high <= low) return [low, low + 1];
  // An axis that nearly reaches zero starts there.
  return [low < high / 4 ? Math.min(0, low) : low, high];
}

/** How an end of a bar is to be read: it is there, nobody knows where it is, or it lies beyond the axis. */
export type End = 'real' | 'open' | 'cut';

export interface Bar {
  /** Per cent of the axis. */
  left: number;
  right: number;
  dot: number;
  ends: { left: End; right: End };
  /** Whether the value itself lies beyond the axis. */
  beyond: boolean;
}

/** `row.high` null beside a known `row.low`: the interval has no upper end yet (and the same below). */
export function barOf(row: Pick<MetricRow, 'low' | 'high'>, value: number, [from, to]: Axis): Bar {
  const at = (x: number) => Math.min(100, Math.max(0, ((x - from) / (to - from)) * 100));
  const openLow = row.low === null && row.high !== null;
  const openHigh = row.high === null && row.low !== null;
  const [low, high] = [row.low ?? value, row.high ?? value];
  return {
    left: openLow ? 0 : at(low),
    right: openHigh ? 100 : at(high),
    dot: at(value),
    ends: {
      left: openLow ? 'open' : low < from ? 'cut' : 'real',
      right: openHigh ? 'open' : high > to ? 'cut' : 'real',
    },
    beyond: value > to || value < from,
  };
}
