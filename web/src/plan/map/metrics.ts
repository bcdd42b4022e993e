// The live figures that grids can be coloured by, and how each is cut into classes and written.
import type { Figures, PlanFigures } from '../../api/plan-types';
import type { Unit } from '../../api/types';
import { formatArea, formatNumber, formatRatio } from '../../format/format';
import type { Locale } from '../../i18n/translate';
import { classesOf, classOf, divergingLimits, legibleLimits, type Limits } from '../../metric/classes';
import { DIVERGING, NO_DATA, SEQUENTIAL, spread } from '../../metric/ramps';

export const LIVE_METRICS = [
  'workload',
  'households',
  'persons',
  'load',
  'reports_month',
  'visits_per_worker',
  'response_h',
  'walk_min',
  'reach',
  'polsby_popper',
  'area',
  'change',
  'moved',
] as const;
export type LiveMetric = (typeof LIVE_METRICS)[number];

interface Look {
  /** Where dark has to act. */
  higher_is: 'better' | 'worse' | 'neutral';
  unit: 'number' | 'ratio' | 'area';
  digits: number;
  of: (now: Figures, today: Figures | undefined) => number | null;
  /** Only the draft has any of it: its classes follow the draft. */
  ofDraft?: true;
}

export const LOOKS: Record<LiveMetric, Look> = {
  workload: { higher_is: 'worse', unit: 'number', digits: 3, of: (f) => f.workload },
  households: { higher_is: 'worse', unit: 'number', digits: 0, of: (f) => f.households },
  persons: { higher_is: 'worse', unit: 'number', digits: 0, of: (f) => f.persons },
  load: { higher_is: 'worse', unit: 'number', digits: 0, of: (f) => f.load },
  reports_month: { higher_is: 'worse', unit: 'number', digits: 1, of: (f) => f.reports_month },
  visits_per_worker: { higher_is: 'worse', unit: 'number', digits: 1, of: (f) => f.visits_per_worker },
  response_h: { higher_is: 'worse', unit: 'number', digits: 1, of: (f) => f.response_h },
  walk_min: { higher_is: 'worse', unit: 'number', digits: 1, of: (f) => f.walk_min },
  reach: { higher_is: 'better', unit: 'ratio', digits: 1, of: (f) => f.reach },
  polsby_popper: { higher_is: 'better', unit: 'number', digits: 2, of: (f) => f.compactness?.polsby_popper ?? null },
  area: { higher_is: 'neutral', unit: 'area', digits: 2, of: (f) => f.area_m2 },
  change: {
    higher_is: 'neutral',
    unit: 'number',
    digits: 0,
    of: (f, today) => f.households - (today?.households ?? 0),
    ofDraft: true,
  },
  moved: { higher_is: 'worse', unit: 'number', digits: 0, of: (f) => f.households_moved, ofDraft: true },
};

export const isLive = (name: string): name is LiveMetric => LIVE_METRICS.some((metric) => metric === name);

export function formatLive(metric: LiveMetric, value: number | null, locale: Locale): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const { unit, digits } = LOOKS[metric];
  if (unit === 'ratio') return formatRatio(value, locale);
  if (unit === 'area') return formatArea(value, locale);
  const text = formatNumber(value, locale, digits);
  return metric === 'change' && value > 0 ? `+${text}` : text;
}

/** What a map is coloured by: a value a grid, and classes. */
export interface Colouring {
  values: ReadonlyMap<string, number | null>;
  limits: Limits;
  colours: readonly string[];
  show: (value: number) => string;
}

const CLASSES = 5;

function valuesOf(metric: LiveMetric, figures: PlanFigures, side: 'today' | 'draft'): Map<string, number | null> {
  const { of } = LOOKS[metric];
  return new Map(Object.entries(figures[side].places).map(([id, f]) => [id, of(f, figures.today.places[id])]));
}

const present = (values: Iterable<number | null>): number[] => [...values].filter((value) => value !== null);

/** Cut by today's figures, so that a colour means the same on both sides and does not change with every move. */
export function liveColouring(
  metric: LiveMetric,
  figures: PlanFigures,
  side: 'today' | 'draft',
  locale: Locale,
): Colouring {
  const look = LOOKS[metric];
  const values = valuesOf(metric, figures, side);
  const show = (value: number) => formatLive(metric, value, locale);
  if (metric === 'change') {
    const limits = legibleLimits(divergingLimits(present(values.values()), 0, 2), 'count');
    const below = limits.slice(0, -1).filter((low) => low < 0).length;
    const above = Math.max(0, limits.length - 1 - below);
    const colours = [
      ...spread(DIVERGING.slice(0, 2), below).slice(0, below),
      ...spread(DIVERGING.slice(3), above).slice(0, above),
    ];
    return { values, limits, colours: colours.length > 0 ? colours : ['#f7f7f7'], show };
  }
  const cut = look.ofDraft ? values : valuesOf(metric, figures, 'today');
  const unit: Unit = look.unit === 'ratio' ? 'ratio' : look.digits === 0 ? 'count' : 'index';
  const { limits } = classesOf(present(cut.values()), 'quantile', unit, CLASSES);
  return { values, limits, colours: spread(SEQUENTIAL[look.higher_is], Math.max(1, limits.length - 1)), show };
}

export function colourOf({ limits, colours }: Pick<Colouring, 'limits' | 'colours'>, value: number | null): string {
  if (value === null) return NO_DATA;
  const index = classOf(value, limits);
  return index === null ? (colours[0] ?? NO_DATA) : (colours[index] ?? NO_DATA);
}

export interface LegendRow {
  colour: string;
  text: string;
  count: number;
}

export function legendRows(colouring: Colouring): LegendRow[] {
  const { limits, colours, values, show } = colouring;
  const counts = new Map<string, number>();
  for (const value of values.values()) {
    const colour = colourOf(colouring, value);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const rows = limits.slice(1).map((high, k): LegendRow => {
    const [low, colour] = [limits[k] ?? high, colours[k] ?? NO_DATA];
    const [from, to] = [show(low), show(high)];
    return { colour, text: from === to ? from : `${from} – ${to}`, count: counts.get(colour) ?? 0 };
  });
  const without = counts.get(NO_DATA) ?? 0;
  return without > 0 ? [...rows, { colour: NO_DATA, text: '–', count: without }] : rows;
}
