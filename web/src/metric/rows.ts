import type { MetricRow } from '../api/types';

/** The row of a place or month of which there are no data. */
export const NO_ROW: MetricRow = {
  place: null,
  code: null,
  name: null,
  period: 'all',
  value: null,
  reason: 'no_data',
  numerator: null,
  denominator: null,
  n: 0,
  low: null,
  high: null,
  shrunken: null,
  p90: null,
  closed_median_raw: null,
  excluded: null,
};
