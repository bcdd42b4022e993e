import { describe, expect, it } from 'vitest';
import { parseView, viewQuery } from './url';
import { DEFAULT_VIEW, LAYERS, withLayer, type View } from './view';

const VIEWS: View[] = [
  DEFAULT_VIEW,
  {
    metric: 'submit_to_close',
    level: 'microgrid',
    window: 'm12',
    windowNamed: true,
    month: '2026-02',
    kind: '邻里 & 纠纷',
    clock: 'working',
    rate: 'shrunken',
    classing: 'natural',
    ranking: 'workers',
    sort: { key: 'n', descending: true },
    search: '黄龙路',
    layers: ['choropleth', 'hexagons', 'reports'],
    selection: { kind: 'place', id: '0190b7a8-42aa-7d55-b1a3-000000000001' },
    locale: 'en',
    plan: { kind: 'list' },
    camera: { lng: 110.55123, lat: 29.35001, zoom: 12.34 },
  },
  { ...DEFAULT_VIEW, metric: 'visit_rate', sort: { key: 'name', descending: false } },
  { ...DEFAULT_VIEW, layers: [], selection: { kind: 'report', id: 'r1' } },
];

describe('viewQuery and parseView', () => {
  it.each(VIEWS)('hold the whole view ($metric)', (view) => {
    expect(parseView(viewQuery(view))).toEqual(view);
  });

  it('give the same link for the same view', () => {
    for (const view of VIEWS) expect(viewQuery(parseView(viewQuery(view)))).toBe(viewQuery(view));
  });
});

describe('parseView', () => {
  it.each([
    '?metric=../../x&by=planet&period=century&month=2026-13&layers=lava&at=1,2&lang=tlh&clock=&rate=1&sort=-luck',
    '?at=999,29,11',
    '?at=,,',
    '',
  ])('falls back on nonsense: %s', (query) => {
    const { layers, ...view } = parseView(query);
    const { layers: defaults, ...expected } = DEFAULT_VIEW;
    expect(view).toEqual(expected);
    expect(query.includes('lava') ? [] : defaults).toEqual(layers);
  });

  it('keeps the remembered language unless the link names one', () => {
    const remembered: View = { ...DEFAULT_VIEW, locale: 'en' };
    expect(parseView('', remembered).locale).toBe('en');
    expect(parseView('?lang=zh', remembered).locale).toBe('zh');
  });
});

describe('the window', () => {
  it('is named by a link, or left to the page', () => {
    expect(parseView('?period=m3')).toMatchObject({ window: 'm3', windowNamed: true });
    expect(parseView('?metric=visit_rate')).toMatchObject({ window: 'month', windowNamed: false });
    expect(viewQuery({ ...DEFAULT_VIEW, window: 'm12' })).not.toContain('period');
  });
});

describe('withLayer', () => {
  it('keeps the drawing order', () => {
    expect(withLayer(['reports', 'grids'], 'hexagons', true)).toEqual(['hexagons', 'grids', 'reports']);
    expect(withLayer(LAYERS, 'choropleth', false)).not.toContain('choropleth');
  });
});
