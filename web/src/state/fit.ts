// Keeps the view inside what the chosen metric offers.
import type { Area, Level, Metric } from '../api/types';
import { WINDOWS, type View, type Window } from './view';

const LEVELS: readonly Level[] = ['village', 'grid', 'microgrid'];

export const levelsOf = (metric: Metric): Level[] => LEVELS.filter((level) => metric.by.includes(level));

/** Single months, or one figure over several. */
export const windowsOf = (metric: Metric): Window[] =>
  WINDOWS.filter((window) => metric.periods.includes(window === 'month' ? 'month' : 'all'));

/** Figures about single people are for the administrator. */
export const ranksWorkers = (metric: Metric, viewer: 'administrator' | 'public'): boolean =>
  viewer === 'administrator' && metric.by.includes('worker');

/** The changes that a view needs before the metric can be shown in it; empty if it fits as it is. */
export function fitting(view: Pick<View, 'level' | 'window' | 'metric'>, metric: Metric): Partial<View> {
  const [levels, windows] = [levelsOf(metric), windowsOf(metric)];
  const level = levels.includes(view.level) ? undefined : (levels.at(-1) ?? undefined);
  const window = windows.includes(view.window) ? undefined : (windows.at(-1) ?? undefined);
  return {
    ...(view.metric === metric.id ? {} : { metric: metric.id }),
    ...(level ? { level } : {}),
    ...(window ? { window } : {}),
  };
}

/** The metric that the page opens with: the first that the records in the store have figures for. */
export function landingMetric(area: Pick<Area, 'counts'>, catalogue: readonly Metric[]): Metric | null {
  const has = (layer: string) => (area.counts[layer] ?? 0) > 0;
  const wanted = [
    ...(has('visits') ? ['visit_rate'] : []),
    ...(has('reports') ? ['submit_to_close'] : []),
    ...(has('posts') ? ['leader_filled'] : []),
    'area_covered',
  ];
  const found = wanted.map((id) => catalogue.find((metric) => metric.id === id)).find((metric) => metric !== undefined);
  return found ?? catalogue[0] ?? null;
}
