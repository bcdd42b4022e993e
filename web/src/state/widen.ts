// The window that the page chooses where nobody did: the narrowest in which most places have a firm figure.
import type { Metric } from '../api/types';
import type { Tally } from '../metric/scale';
import type { Figures } from './figures';
import { windowsOf } from './fit';
import type { View, Window } from './view';

/** Of the places that have data at all, the part whose figure rests on too few; null where none has data. */
export function smallShare({ small, noData, places }: Pick<Tally, 'small' | 'noData' | 'places'>): number | null {
  const withData = places - noData;
  return withData > 0 ? small / withData : null;
}

/** Whether most of the places that have data have too few. */
export const mostAreSmall = (tally: Pick<Tally, 'small' | 'noData' | 'places'>): boolean =>
  (smallShare(tally) ?? 0) > 0.5;

/** The next wider window that the metric offers; null where there is none or the figures are firm enough. */
export function widerWindow(window: Window, metric: Metric, figures: Pick<Figures, 'tally' | 'leastN'>): Window | null {
  // Of a census there are no more in a longer time.
  if (figures.leastN === 0 || !mostAreSmall(figures.tally)) return null;
  const windows = windowsOf(metric);
  return windows[windows.indexOf(window) + 1] ?? null;
}

/** Whether the page itself chose a wider window than the month that it begins with. */
export const isWidened = ({ window, windowNamed }: Pick<View, 'window' | 'windowNamed'>, metric: Metric): boolean =>
  !windowNamed && window !== 'month' && windowsOf(metric).includes('month');
