import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEW } from '../state/view';
import { area, metric } from '../testing/rows';
import { hexagonsLink, layerLink, metricCsvLink, metricLink, metricMapLink, workersLink } from './links';

const RATE = metric({});
const TIME = metric({ id: 'submit_to_close', group: 'response', unit: 'seconds' });
const view = { ...DEFAULT_VIEW, month: '2026-03' };
const query = (link: string) => Object.fromEntries(new URL(link, 'http://x').searchParams);

describe('metricLink', () => {
  it('asks for all months at once, so that the month is no part of it', () => {
    expect(metricLink(view, RATE, area())).toBe(metricLink({ ...view, month: '2025-01' }, RATE, area()));
    expect(query(metricLink(view, RATE, area()))).toEqual({
      by: 'grid',
      period: 'month',
      from: '2024-11',
      to: '2026-10',
    });
  });

  it('asks for one figure over longer windows', () => {
    expect(query(metricLink({ ...view, window: 'm3', kind: '路灯', clock: 'working' }, TIME, area()))).toEqual({
      by: 'grid',
      period: 'all',
      from: '2026-01',
      to: '2026-03',
      kind: '路灯',
      clock: 'working',
    });
  });
});

describe('workersLink', () => {
  it('asks for one figure over the window, so that the balance is that of the window', () => {
    expect(query(workersLink(view, RATE, area()))).toEqual({
      by: 'worker',
      period: 'all',
      from: '2026-03',
      to: '2026-03',
    });
  });
});

describe('restrictions', () => {
  it('are left out where they mean nothing', () => {
    const link = metricLink({ ...view, kind: '路灯', clock: 'working' }, RATE, area());
    expect(Object.keys(query(link))).toEqual(['by', 'period', 'from', 'to']);
  });
});

describe('downloads', () => {
  it('are of the people where those are ranked', () => {
    const people = metric({ by: ['grid', 'worker'] });
    const link = metricCsvLink({ ...view, ranking: 'workers' }, people, area());
    expect(query(link)).toMatchObject({ by: 'worker', period: 'all', from: '2026-03' });
    expect(query(metricCsvLink({ ...view, ranking: 'workers' }, people, area({ viewer: 'public' })))).toMatchObject({
      by: 'grid',
      period: 'month',
    });
    expect(metricMapLink({ ...view, ranking: 'workers' }, people, area())).toBeNull();
  });

  it('are cut to what is shown', () => {
    expect(query(metricCsvLink(view, RATE, area()))).toMatchObject({ from: '2026-03', to: '2026-03', format: 'csv' });
    const map = metricMapLink(view, RATE, area());
    expect(query(map ?? '')).toMatchObject({ from: '2026-03', to: '2026-03', format: 'geojson' });
    expect(layerLink('grids', 'geojson', { ...view, kind: '路灯' }, area())).toBe('/api/v1/layers/grids.geojson');
    expect(query(layerLink('reports', 'csv', { ...view, kind: '路灯' }, area()))).toEqual({
      from: '2026-03',
      to: '2026-03',
      kind: '路灯',
    });
    expect(query(layerLink('visits', 'csv', { ...view, kind: '路灯' }, area()))).toEqual({
      from: '2026-03',
      to: '2026-03',
    });
    expect(query(hexagonsLink({ ...view, window: 'all' }, area(), 9))).toEqual({ resolution: '9' });
  });
});
