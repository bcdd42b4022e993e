// The totals of a draft beside those of today, as rows: what is compared, and which direction is the better one.
import type { Totals } from '../api/plan-types';
import type { PlanKey } from './words/say';

export interface TotalRow {
  key: PlanKey;
  today: number | null;
  draft: number | null;
  digits: number;
  /** Null: neither. */
  lessIsBetter: boolean | null;
}

type Of = (totals: Totals) => number | null;

const ROWS: readonly (Pick<TotalRow, 'key' | 'digits' | 'lessIsBetter'> & { of: Of })[] = [
  { key: 'total.grids', of: (t) => t.grids, digits: 0, lessIsBetter: null },
  { key: 'total.households', of: (t) => t.households, digits: 0, lessIsBetter: null },
  { key: 'total.persons', of: (t) => t.persons, digits: 0, lessIsBetter: null },
  { key: 'total.max_mean', of: (t) => t.workload?.max_mean ?? null, digits: 3, lessIsBetter: true },
  { key: 'total.cv', of: (t) => t.workload?.cv ?? null, digits: 3, lessIsBetter: true },
  { key: 'total.gini', of: (t) => t.workload?.gini ?? null, digits: 3, lessIsBetter: true },
  { key: 'total.load_cv', of: (t) => t.load?.cv ?? null, digits: 3, lessIsBetter: true },
  { key: 'total.households_cv', of: (t) => t.spread_households?.cv ?? null, digits: 3, lessIsBetter: true },
  { key: 'total.walk_min', of: (t) => t.walk_min, digits: 2, lessIsBetter: true },
  { key: 'total.polsby_popper', of: (t) => t.polsby_popper, digits: 3, lessIsBetter: false },
  { key: 'total.broken', of: (t) => t.broken, digits: 0, lessIsBetter: true },
  { key: 'total.broken_on_foot', of: (t) => t.broken_on_foot, digits: 0, lessIsBetter: true },
  { key: 'total.without_worker', of: (t) => t.without_worker, digits: 0, lessIsBetter: true },
  { key: 'total.without_household', of: (t) => t.without_household, digits: 0, lessIsBetter: true },
];

export const totalRows = (today: Totals, draft: Totals): TotalRow[] =>
  ROWS.map(({ of, ...row }) => ({ ...row, today: of(today), draft: of(draft) }));

/** Whether the draft is better, worse, or the same at the decimals shown. */
export function verdict({ today, draft, digits, lessIsBetter }: TotalRow): 'better' | 'worse' | 'same' | 'other' {
  if (today === null || draft === null) return 'same';
  const difference = draft - today;
  if (Math.abs(difference) < 10 ** -digits / 2) return 'same';
  if (lessIsBetter === null) return 'other';
  return difference < 0 === lessIsBetter ? 'better' : 'worse';
}

export interface Bin {
  from: number;
  to: number;
  today: number;
  draft: number;
}

/** How many grids lie in each of equally wide classes of a figure, on both sides. */
export function histogram(today: readonly number[], draft: readonly number[], bins = 12): Bin[] {
  const all = [...today, ...draft].filter(Number.isFinite);
  if (all.length === 0) return [];
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (low === high) return [{ from: low, to: high, today: today.length, draft: draft.length }];
  const step = (high - low) / bins;
  const index = (value: number) => Math.min(bins - 1, Math.floor((value - low) / step));
  const result = Array.from({ length: bins }, (_, k): Bin => ({
    from: low + k * step,
    to: low + (k + 1) * step,
    today: 0,
    draft: 0,
  }));
  for (const [side, values] of [
    ['today', today],
    ['draft', draft],
  ] as const) {
    for (const value of values) {
      const bin = Number.isFinite(value) ? result[index(value)] : undefined;
      if (bin) bin[side] += 1;
    }
  }
  return result;
}
