// The figures on the page: one table of the API and everything that follows from it.
import { computed, type ComputedRef } from 'vue';
import { metricLink, workersLink } from '../api/links';
import type { Area, Level, Metric, MetricRow, MetricTable } from '../api/types';
import { SOURCE_OF } from '../map/style/common';
import {
  fillOf,
  isCensus,
  leastN,
  NO_SCALE,
  scaleOf,
  tally,
  type Fill,
  type RateMode,
  type Scale,
  type Tally,
} from '../metric/scale';
import { landingMetric, ranksWorkers } from './fit';
import { dataOf, useLoad, type Load } from './load';
import { addMonths, isRunning, shownMonth } from './months';
import { view } from './store';

/** A table together with what it is a table of: while the next one loads, the old one keeps its own units and names. */
export interface Figures {
  metric: Metric;
  level: Level;
  /** What a row is about. */
  subject: Level | 'worker';
  table: MetricTable;
  /** "2026-10" or "all". */
  period: string;
  rows: MetricRow[];
  total: MetricRow | null;
  /** The whole area a month earlier; null where there is none or the figures cover more than a month. */
  previous: MetricRow | null;
  /** Whether the last month of the window is not over in the data. */
  running: boolean;
  scale: Scale;
  /** Whether the mapped rates are shrunken; those of a census never are. */
  rate: RateMode;
  /** Figures over fewer are unsteady: hatched and not ranked. */
  leastN: number;
  fills: Map<string, Fill>;
  tally: Tally;
}

export interface FiguresState {
  /** The metric asked for; null where the catalogue is empty. */
  metric: ComputedRef<Metric | null>;
  figures: ComputedRef<Figures | null>;
  load: ComputedRef<Load<MetricTable>>;
  retry: () => void;
}

export function useFigures(area: () => Area, catalogue: () => readonly Metric[]): FiguresState {
  const metric = computed(
    () => catalogue().find(({ id }) => id === view.value.metric) ?? landingMetric(area(), catalogue()),
  );
  const link = computed(() => (metric.value ? metricLink(view.value, metric.value, area()) : null));
  const { load, retry } = useLoad<MetricTable>(() => link.value);
  const table = computed(() => dataOf(load.value));

  const scaled = computed(() => {
    const shown = catalogue().find(({ id }) => id === table.value?.metric);
    if (!table.value || !shown) return null;
    const { classing } = view.value;
    const rate = rateOf(table.value);
    const least = leastN(table.value, area().min_n);
    const scale = scaleOf(table.value, shown, { mode: rate, classing, minN: least });
    return { table: table.value, metric: shown, scale, rate, least };
  });

  const figures = computed((): Figures | null => {
    if (!scaled.value) return null;
    const { table: whole, metric: shown, scale, rate, least } = scaled.value;
    const level = levelOf(whole.by);
    const month = shownMonth(view.value.month, area());
    const period = whole.period === 'month' && month !== null ? month : 'all';
    const rows = whole.rows.filter((row) => row.period === period);
    const of = (wanted: string) => whole.total.find((row) => row.period === wanted) ?? null;
    const fills = new Map(
      rows.flatMap((row) => (row.place === null ? [] : [[row.place, fillOf(row, scale, rate, least)] as const])),
    );
    return {
      metric: shown,
      level,
      subject: level,
      table: whole,
      period,
      rows,
      total: of(period),
      running: view.value.window !== 'all' && month !== null && isRunning(month, area()),
      previous: period === 'all' ? null : of(addMonths(period, -1)),
      scale,
      rate,
      leastN: least,
      fills,
      tally: tally(fills.values(), Math.max(0, scale.limits.length - 1), area().counts[SOURCE_OF[level]]),
    };
  });

  return { metric, figures, load: computed(() => load.value), retry };
}

/** The table by worker, once the view asks for it and the viewer may read it; null otherwise. */
export function useWorkerFigures(
  area: () => Area,
  metric: () => Metric | null,
): { figures: ComputedRef<Figures | null>; load: ComputedRef<Load<MetricTable>>; retry: () => void } {
  const asked = computed(() => {
    const shown = metric();
    return view.value.ranking === 'workers' && shown && ranksWorkers(shown, area().viewer) ? shown : null;
  });
  const { load, retry } = useLoad<MetricTable>(() =>
    asked.value ? workersLink(view.value, asked.value, area()) : null,
  );
  const figures = computed((): Figures | null => {
    const [table, shown] = [dataOf(load.value), asked.value];
    if (!table || !shown || table.by !== 'worker' || table.metric !== shown.id) return null;
    return {
      metric: shown,
      level: view.value.level,
      subject: 'worker',
      table,
      period: table.period,
      rows: table.rows,
      total: table.total[0] ?? null,
      previous: null,
      running: false,
      scale: NO_SCALE,
      rate: rateOf(table),
      leastN: leastN(table, area().min_n),
      fills: new Map(),
      tally: tally([], 0),
    };
  });
  return { figures, load: computed(() => load.value), retry };
}

const rateOf = (table: MetricTable): RateMode => (isCensus(table) ? 'raw' : view.value.rate);

function levelOf(by: string): Level {
  return by === 'village' || by === 'microgrid' ? by : 'grid';
}
