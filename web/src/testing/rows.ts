// Builders that the tests share.
import type { Area, Metric, MetricRow } from '../api/types';
import { NO_ROW } from '../metric/rows';

export const row = (part: Partial<MetricRow>): MetricRow => ({ ...NO_ROW, period: '2026-10', reason: null, ...part });

export const metric = (part: Partial<Metric>): Metric => ({
  id: 'visit_rate',
  group: 'coverage',
  zh: '走访率',
  en: 'Visit rate',
  unit: 'ratio',
  by: ['grid'],
  periods: ['month'],
  higher_is: 'better',
  definition_zh: '',
  definition_en: '',
  ...part,
});

export const area = (part: Partial<Area> = {}): Area => ({
  area: '430811',
  name: '索溪峪街道',
  zone: 'Asia/Shanghai',
  synthetic: true,
  viewer: 'administrator',
  min_n: 5,
  bbox: null,
  versions: [],
  data_from: '2024-11',
  data_to: '2026-10',
  as_of: null,
  base_map: null,
  counts: {},
  change_seq: 1,
  ...part,
});

/** The relative luminance of "#rrggbb" (WCAG 2). */
export function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
