// The order of the ranking table.
import type { Metric, MetricRow } from '../api/types';
import { NO_ROW } from './rows';
import { isSmall, mappedValue, type RateMode } from './scale';

export type SortKey = 'value' | 'n' | 'name';
export interface Sort {
  key: SortKey;
  descending: boolean;
}

export interface Ranked {
  row: MetricRow;
  value: number | null;
  /** 1 for the first; equal values share a place. Null where n is too small or there is no figure. */
  rank: number | null;
}

/** The worst first: what asks for action stands at the top. Where neither end is worse, the most come first. */
export const worstFirst = (metric: Pick<Metric, 'higher_is'>): Sort => ({
  key: 'value',
  descending: metric.higher_is !== 'better',
});

/** Why a row has its rank or none: a firm figure, no figure yet, one over too few cases, or no data at all. */
export type RankGroup = 'ranked' | 'open' | 'small' | 'none';

const GROUPS: readonly RankGroup[] = ['ranked', 'open', 'small', 'none'];

export function groupOf({ row, value }: Pick<Ranked, 'row' | 'value'>, minN: number): RankGroup {
  if (row.reason === 'no_data') return 'none';
  if (isSmall(row, minN)) return 'small';
  return value === null ? 'open' : 'ranked';
}

/**
 * Rows with a firm figure in the order asked for, then those that are never ranked, without data last. Ranks count along
 * the values as they are sorted; sorted by anything else, along `usual`.
 */
export function ranked(
  rows: readonly MetricRow[],
  sort: Sort,
  mode: RateMode,
  minN: number,
  usual: Sort = { key: 'value', descending: true },
): Ranked[] {
  const all = rows.map((row) => ({ row, value: mappedValue(row, mode), rank: null }));
  const order = (a: Ranked, b: Ranked) => compare(a, b, sort) || text(a.row).localeCompare(text(b.row), 'zh-CN');
  const { descending } = sort.key === 'value' ? sort : usual;
  const of = (group: RankGroup): Ranked[] => all.filter((entry) => groupOf(entry, minN) === group);
  const ranks = ranksOf(
    of('ranked').map(({ value }) => value ?? 0),
    descending,
  );
  return GROUPS.flatMap((group) =>
    of(group)
      .sort(order)
      .map((entry) => (group === 'ranked' ? { ...entry, rank: ranks.get(entry.value ?? 0) ?? null } : entry)),
  );
}

/** Where each group of unranked rows begins. */
export function groupStarts(entries: readonly Ranked[], minN: number): Map<number, RankGroup> {
  const groups = entries.map((entry) => groupOf(entry, minN));
  return new Map([...groups.entries()].filter(([index, group]) => group !== 'ranked' && group !== groups[index - 1]));
}

/** A place as the map knows it. */
export interface ListedPlace {
  id: string;
  code: string | null;
  name: string | null;
}

/** The rows, and one without data for each place that has none: the list is as long as the map has places. */
export function withPlaces(rows: readonly MetricRow[], places: readonly ListedPlace[], period: string): MetricRow[] {
  const known = new Set(rows.map((row) => row.place));
  const missing = places.filter(({ id }) => !known.has(id));
  return [...rows, ...missing.map(({ id, code, name }) => ({ ...NO_ROW, place: id, code, name, period }))];
}

const text = (row: MetricRow): string => row.code ?? row.name ?? '';

/** A rank belongs to the value: equal ones share it. */
function ranksOf(values: readonly number[], descending: boolean): Map<number, number> {
  const ranks = new Map<number, number>();
  values
    .toSorted((a, b) => (descending ? b - a : a - b))
    .forEach((value, index) => {
      if (!ranks.has(value)) ranks.set(value, index + 1);
    });
  return ranks;
}

function compare(a: Ranked, b: Ranked, { key, descending }: Sort): number {
  const sign = descending ? -1 : 1;
  if (key === 'name') return sign * (a.row.name ?? '').localeCompare(b.row.name ?? '', 'zh-CN');
  if (key === 'n') return sign * ((a.row.n ?? 0) - (b.row.n ?? 0));
  return sign * ((a.value ?? -Infinity) - (b.value ?? -Infinity));
}
