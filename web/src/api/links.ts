// Addresses of the API; everything that names a path stands here.
import { ranksWorkers } from '../state/fit';
import { windowMonths } from '../state/months';
import type { View } from '../state/view';
import type { Area, Metric } from './types';

const ROOT = '/api/v1';

function address(path: string, query: Record<string, string | null>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== null && value !== '') parameters.set(key, value);
  const text = parameters.toString();
  return text === '' ? `${ROOT}${path}` : `${ROOT}${path}?${text}`;
}

export const areaLink = (): string => `${ROOT}/area`;
export const catalogueLink = (): string => `${ROOT}/metrics`;
export const reportKindsLink = (): string => `${ROOT}/report-kinds`;
export const layersLink = (): string => `${ROOT}/layers`;
export const placeLink = (id: string): string => `${ROOT}/places/${encodeURIComponent(id)}`;

/** What a metric's figures are restricted to. Coverage has no kinds of report, and only durations run on a clock. */
function restriction(view: View, metric: Metric): Record<string, string | null> {
  return {
    kind: metric.group === 'coverage' ? null : view.kind,
    clock: metric.unit === 'seconds' && view.clock === 'working' ? 'working' : null,
  };
}

/** The metric's table. By single months the whole series comes at once, so that the slider needs no further request. */
export function metricLink(view: View, metric: Metric, area: Area): string {
  const monthly = view.window === 'month';
  const months = monthly ? { from: area.data_from, to: area.data_to } : windowMonths(view, area);
  return address(`/metrics/${encodeURIComponent(metric.id)}`, {
    by: view.level,
    period: monthly ? 'month' : 'all',
    ...months,
    ...restriction(view, metric),
  });
}

/** The table of the people who work there, over the window shown: their balance is that of the window. */
export function workersLink(view: View, metric: Metric, area: Area): string {
  return address(`/metrics/${encodeURIComponent(metric.id)}`, {
    by: 'worker',
    period: 'all',
    ...windowMonths(view, area),
    ...restriction(view, metric),
  });
}

/** The same figures as the ranking shows, as CSV. */
export function metricCsvLink(view: View, metric: Metric, area: Area): string {
  const workers = view.ranking === 'workers' && ranksWorkers(metric, area.viewer);
  return address(`/metrics/${encodeURIComponent(metric.id)}`, {
    by: workers ? 'worker' : view.level,
    period: view.window === 'month' && !workers ? 'month' : 'all',
    ...windowMonths(view, area),
    ...restriction(view, metric),
    format: 'csv',
  });
}

/** The places on the map with the figures shown, as GeoJSON; null where people are ranked, who have no shapes. */
export function metricMapLink(view: View, metric: Metric, area: Area): string | null {
  if (view.ranking === 'workers' && ranksWorkers(metric, area.viewer)) return null;
  return metricCsvLink(view, metric, area).replace('format=csv', 'format=geojson');
}

export function hexagonsLink(view: View, area: Area, resolution: number): string {
  return address('/heat/hexagons', {
    ...windowMonths(view, area),
    kind: view.kind,
    resolution: String(resolution),
  });
}

/** Records of what happened at an instant. */
const DATED = ['reports', 'visits', 'activities', 'patrols'];
export const isDated = (layer: string): boolean => DATED.includes(layer);

/** A layer as a file; what happened at an instant is cut to the months shown, reports to their kind too. */
export function layerLink(layer: string, format: 'geojson' | 'csv', view: View, area: Area): string {
  const cut = {
    ...(isDated(layer) ? windowMonths(view, area) : {}),
    ...(layer === 'reports' ? { kind: view.kind } : {}),
  };
  return address(`/layers/${encodeURIComponent(layer)}.${format}`, cut);
}
