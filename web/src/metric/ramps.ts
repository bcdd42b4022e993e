// Colours of the classes. All ramps are safe for the colour-blind: Blues, YlOrBr and PuOr of ColorBrewer 2.0 by Cynthia
// Brewer, Mark Harrower and The Pennsylvania State University (Apache-2.0).
import type { Metric } from '../api/types';

/** From the lowest class to the highest. Dark always means that somebody has to act, whichever end that is. */
export const SEQUENTIAL = {
  better: ['#993404', '#d95f0e', '#fe9929', '#fed98e', '#ffffd4'],
  worse: ['#ffffd4', '#fed98e', '#fe9929', '#d95f0e', '#993404'],
  neutral: ['#eff3ff', '#bdd7e7', '#6baed6', '#3182bd', '#08519c'],
} as const;

/** Purple below the middle, orange above it. */
export const DIVERGING = ['#5e3c99', '#b2abd2', '#f7f7f7', '#fdb863', '#e66101'] as const;

export const NO_DATA = '#d5dade';
/** More than half of the cases are still open: there is no median yet. */
export const NOT_REACHED = '#8b96a1';

export const HEAT = ['#fee5d9', '#fcae91', '#fb6a4a', '#de2d26', '#a50f15'] as const;

/** Whether a metric is read as above or below the average rather than as more or less. */
export const isDiverging = (metric: Pick<Metric, 'unit'>): boolean => metric.unit === 'events_per_worker_day';

/** `count` colours spread over a ramp. */
export function spread(ramp: readonly string[], count: number): string[] {
  if (count === 1) return [ramp[Math.floor(ramp.length / 2)] ?? NO_DATA];
  return Array.from({ length: count }, (_, k) => ramp[Math.round((k / (count - 1)) * (ramp.length - 1))] ?? NO_DATA);
}
