// The order of the ranking table.
import type { Metric, MetricRow } from '../api/types';
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

/**
 * Rows with a firm figure in the order asked for, then those over fewer than `minN`, which are never ranked. Ranks count
 * along the values as they are sorted; sorted by anything else, along `usual`.
 */
export function ranked(
  rows: readonly MetricRow[],
  sort: Sort,
  mode: RateMode,
  minN: number,
  usual: Sort = { key: 'value', descending: true },
): Ranked[] {
  const all = rows.map((row) => ({ row, value: mappedValue(row, mode), rank: null }));
  const firm = all.filter(({ row, value }) => value !== null && !isSmall(row, minN));
  const loose = all.filter(({ row, value }) => value === null || isSmall(row, minN));
  const order = (a: Ranked, b: Ranked) => compare(a, b, sort) || text(a.row).localeCompare(text(b.row), 'zh-CN');
  const { descending } = sort.key === 'value' ? sort : usual;
  const ranks = ranksOf(
    firm.map(({ value }) => value ?? 0),
    descending,
  );
  const ordered = firm.sort(order).map((entry) => ({ ...entry, rank: ranks.get(entry.value ?? 0) ?? null }));
  return [...ordered, ...loose.sort(order)];
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

/** The axis of the interval bars: it holds every value; of the upper ends the outermost 3 % may be cut off. */
export function intervalAxis(entries: readonly Ranked[]): [number, number] {
  const ends = entries
    .filter((entry) => entry.rank !== null)
    .flatMap(({ row, value }) => [row.low ?? value, row.high ?? value])
    .filter((end) => end !== null)
    .sort((a, b) => a - b);
  const low = ends[0] ?? 0;
  const highest = entries.reduce(
    (most, { rank, value }) => (rank === null ? most : Math.max(most, value ?? most)),
    low,
  );
  const high = Math.max(highest, ends[Math.ceil((ends.length - 1) * 0.97)] ?? 1);
  if (high <= low) return [low, low + 1];
  // An axis that nearly reaches zero starts there.
  return [low < high / 4 ? Math.min(0, low) : low, high];
}
