// From a metric's rows to classes, colours and what the legend says about them.
import type { Metric, MetricRow, MetricTable, Unit } from '../api/types';
import { classesOf, classOf, divergingLimits, legibleLimits, type Classing, type Limits } from './classes';
import { DIVERGING, isDiverging, NO_DATA, NOT_REACHED, SEQUENTIAL, spread } from './ramps';

export type RateMode = 'raw' | 'shrunken';

/** The figure that is mapped: shrunken rates where asked for and given. */
export function mappedValue(row: MetricRow, mode: RateMode): number | null {
  return mode === 'shrunken' && row.shrunken !== null ? row.shrunken : row.value;
}

export interface Scale {
  limits: Limits;
  colours: string[];
  /** The average on both sides of which the colours part; null for a sequential scale. */
  middle: number | null;
  /** Whether the first class holds nothing but the lowest value. */
  lowAlone: boolean;
}

/** People are not on the map, and a table without figures has nothing to be told apart. */
export const NO_SCALE: Scale = { limits: [], colours: [], middle: null, lowAlone: false };

const CLASSES = 5;

/** Divides evenly into the two sides: no class straddles the middle. */
const PER_SIDE = 2;

const DIVERGING_SIDES = { below: DIVERGING.slice(0, 2), above: DIVERGING.slice(3) };

/**
 * The scale of a table. It is cut over all periods of the table, so that a colour means the same in every month;
 * figures over fewer than `minN` do not bend it unless there are no others.
 */
export function scaleOf(
  table: MetricTable,
  metric: Metric,
  options: { mode: RateMode; classing: Classing; minN: number },
): Scale {
  const values = (rows: MetricRow[]) =>
    rows.map((row) => mappedValue(row, options.mode)).filter((value) => value !== null);
  const all = values(table.rows);
  const firm = values(table.rows.filter((row) => !isSmall(row, options.minN)));
  const used = firm.length > 0 ? firm : all;
  if (isDiverging(metric)) {
    const totals = values(table.total);
    const middle = totals.reduce((sum, value) => sum + value, 0) / Math.max(1, totals.length);
    const limits = covering(all, legibleLimits(divergingLimits(used, middle, PER_SIDE), table.unit));
    return { limits, colours: divergingColours(limits, middle), middle, lowAlone: false };
  }
  const classes = classesOf(used, options.classing, table.unit, CLASSES);
  const limits = covering(all, classes.limits);
  return {
    limits,
    colours: spread(SEQUENTIAL[metric.higher_is], Math.max(0, limits.length - 1)),
    middle: null,
    lowAlone: classes.lowAlone && limits[0] === classes.limits[0],
  };
}

/** The outer limits moved out to take in every value. */
function covering(values: readonly number[], limits: readonly number[]): number[] {
  const [low, high] = [limits[0], limits.at(-1)];
  if (low === undefined || high === undefined) return [];
  return [
    values.reduce((least, value) => Math.min(least, value), low),
    ...limits.slice(1, -1),
    values.reduce((most, value) => Math.max(most, value), high),
  ];
}

/** First and last value of each class as a legend gives them: whole numbers do not stand in two classes. */
export function classEnds(limits: Limits, unit: Unit, lowAlone = false): [number, number][] {
  const classes = limits.length - 1;
  return Array.from({ length: Math.max(0, classes) }, (_, k) => {
    const [low = 0, high = low] = [limits[k], limits[k + 1]];
    if (k === 0 && lowAlone) return [low, low];
    return [low, unit === 'count' && k < classes - 1 ? Math.max(low, high - 1) : high];
  });
}

function divergingColours(limits: Limits, middle: number): string[] {
  const centres = limits.slice(0, -1).map((low, k) => (low + (limits[k + 1] ?? low)) / 2);
  const below = centres.filter((centre) => centre < middle).length;
  const above = centres.length - below;
  return [
    ...(below > 0 ? sideColours(DIVERGING_SIDES.below, below) : []),
    ...(above > 0 ? sideColours(DIVERGING_SIDES.above.toReversed(), above).reverse() : []),
  ];
}

/** The strongest `count` colours of a side, the strongest first. */
const sideColours = (side: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, k) => side[Math.min(k, side.length - 1)] ?? NO_DATA);

export type Fill =
  | { kind: 'class'; index: number; colour: string; small: boolean }
  | { kind: 'not_reached'; colour: string; small: boolean }
  | { kind: 'no_data'; colour: string; small: boolean };

/** Whether every single one was counted (is the post filled?): a census is exact however few there are. */
export const isCensus = ({ metric }: Pick<MetricTable, 'metric'>): boolean => metric === 'leader_filled';

/**
 * The n below which figures of a table are unsteady. A count is its own n and a census draws no sample: there only what
 * is withheld from the public stays hatched.
 */
export const leastN = (table: Pick<MetricTable, 'metric' | 'unit'>, minN: number): number =>
  table.unit === 'count' || isCensus(table) ? 0 : minN;

/** Whether a figure rests on fewer than `minN`; the public is not even told on how many. */
export const isSmall = (row: MetricRow, minN: number): boolean => row.n === null || row.n < minN;

/** How a place is filled. `small`: hatched, because the figure rests on fewer than `minN`. */
export function fillOf(row: MetricRow | undefined, scale: Scale, mode: RateMode, minN: number): Fill {
  if (!row) return { kind: 'no_data', colour: NO_DATA, small: false };
  const small = isSmall(row, minN) && row.reason !== 'no_data';
  const value = mappedValue(row, mode);
  const index = value === null ? null : classOf(value, scale.limits);
  if (index !== null) return { kind: 'class', index, colour: scale.colours[index] ?? NO_DATA, small };
  return row.reason === 'not_reached'
    ? { kind: 'not_reached', colour: NOT_REACHED, small }
    : { kind: 'no_data', colour: NO_DATA, small };
}

export interface Tally {
  /** Places in each class. */
  classes: number[];
  small: number;
  notReached: number;
  noData: number;
  places: number;
}

/** `places`: how many there are on the map; those without a row are grey like those without data. */
export function tally(fills: Iterable<Fill>, classes: number, places = 0): Tally {
  const counts: Tally = { classes: new Array<number>(classes).fill(0), small: 0, notReached: 0, noData: 0, places: 0 };
  for (const fill of fills) {
    counts.places += 1;
    if (fill.small) counts.small += 1;
    if (fill.kind === 'class') counts.classes[fill.index] = (counts.classes[fill.index] ?? 0) + 1;
    else if (fill.kind === 'not_reached') counts.notReached += 1;
    // A withheld figure is hatched grey: it is small, not missing.
    else if (!fill.small) counts.noData += 1;
  }
  const without = Math.max(0, places - counts.places);
  counts.places += without;
  counts.noData += without;
  return counts;
}
