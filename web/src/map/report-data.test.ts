import type { Feature, FeatureCollection } from 'geojson';
import { describe, expect, it } from 'vitest';
import { liesIn, partReports, stacked, stackOf, type ReportPlace } from './report-data';

const report = (id: string, at: [number, number], properties: Record<string, string | null> = {}): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: at },
  properties: { id, state: 'archived', submitted_at: '2026-10-01', ...properties },
});
const all = (...features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
const ids = ({ features }: FeatureCollection) => features.map(({ properties }) => String(properties?.['id']));
const GRID: ReportPlace = { level: 'grid', id: 'g1', code: '001' };

describe('partReports', () => {
  const reports = all(
    report('a', [0, 0], { grid_id: 'g1', grid: '001' }),
    report('b', [1, 0], { grid_id: 'g2', grid: '002' }),
    report('c', [2, 0], { grid_id: null, grid: null }),
  );

  it('keeps the reports of the chosen place apart', () => {
    const { main, faint, inPlace } = partReports(reports, GRID);
    expect([ids(main), ids(faint), inPlace]).toEqual([['a'], ['b', 'c'], 1]);
  });

  it('leaves them together where no place is chosen or none says where it lies', () => {
    expect(partReports(reports, null)).toMatchObject({ main: reports, inPlace: null });
    const silent = partReports(reports, { level: 'microgrid', id: 'm1', code: '00101' });
    expect([ids(silent.main), silent.inPlace]).toEqual([['a', 'b', 'c'], null]);
  });

  it('knows a place by its id or its code', () => {
    expect(liesIn(report('x', [0, 0], { grid: '001' }), GRID)).toBe(true);
    expect(liesIn(report('x', [0, 0], { grid: 'g1' }), GRID)).toBe(true);
    expect(liesIn(report('x', [0, 0], { grid: '002' }), GRID)).toBe(false);
    expect(liesIn(report('x', [0, 0]), GRID)).toBeNull();
  });
});

describe('stacked', () => {
  const nowhere = JSON.parse('{"type":"Feature","geometry":null,"properties":{"id":"n"}}') as Feature;
  const reports = all(
    report('a', [0, 0], { submitted_at: '2026-10-02' }),
    report('b', [1, 0]),
    report('c', [0, 0], { state: 'handling', submitted_at: '2026-10-05' }),
    report('d', [0, 0], { submitted_at: '2026-10-03' }),
    nowhere,
  );

  it('shows one mark with a count where several would hide each other', () => {
    const [a, b, c, d, n] = stacked(reports).features.map(({ properties }) => properties);
    expect(a).toMatchObject({ stack: 3, stack_open: 1 });
    expect([c, d].map((each) => each?.['under'] as unknown)).toEqual([true, true]);
    expect(b).not.toHaveProperty('stack');
    expect(n).toEqual({ id: 'n' });
  });

  it('lists what lies under a mark, the latest first', () => {
    expect(stackOf(reports, 'a').map(({ properties }) => properties?.['id'] as unknown)).toEqual(['c', 'd', 'a']);
    expect(stackOf(reports, 'b')).toHaveLength(1);
    expect(stackOf(reports, 'n')).toEqual([]);
  });
});
