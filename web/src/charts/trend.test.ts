import { describe, expect, it } from 'vitest';
import { row } from '../testing/rows';
import { everyMonth, trendOption } from './trend';

const rows = [
  row({ period: '2026-08', value: 0.8, low: 0.7, high: 0.9, n: 20 }),
  row({ period: '2026-09', value: null, reason: 'no_data', n: 0 }),
  row({ period: '2026-10', value: 0.9, low: 0.8, high: 1, n: 20 }),
];

interface Drawn {
  yAxis: { min: number; max: number };
  series: { data: (number | null | { value: number | null })[] }[];
  tooltip: { formatter: (points: { dataIndex: number }[]) => string };
}

const rounded = (value: number | null) => value && Number(value.toFixed(3));

const draw = (look: Parameters<typeof trendOption>[1]) => trendOption(rows, look, 'zh', '2026-10') as unknown as Drawn;

describe('trendOption', () => {
  it('stacks the interval as a band and leaves gaps where there is no figure', () => {
    const { series, yAxis } = draw({ kind: 'line', unit: 'ratio', colour: '#000000' });
    expect(
      series.map(({ data }) =>
        data.map((point) => rounded(typeof point === 'number' ? point : (point?.value ?? null))),
      ),
    ).toEqual([
      [0.7, null, 0.8],
      [0.2, null, 0.2],
      [0.8, null, 0.9],
    ]);
    expect(yAxis).toMatchObject({ min: 0.5, max: 1 });
  });

  it('says value, interval and n', () => {
    const { tooltip } = draw({ kind: 'line', unit: 'ratio', colour: '#000000' });
    expect(tooltip.formatter([{ dataIndex: 0 }])).toBe('2026年8月<br><b>80.0%</b> (70.0% – 90.0%)<br>n = 20');
    expect(tooltip.formatter([])).toBe('');
  });

  it('draws bars from zero', () => {
    const { yAxis } = draw({ kind: 'bar', unit: 'count', colour: '#000000' });
    expect(yAxis.min).toBe(0);
  });
});

describe('everyMonth', () => {
  it('fills the months that have no row', () => {
    const filled = everyMonth(rows, ['2026-07', '2026-08', '2026-09', '2026-10']);
    expect(filled.map(({ period, value }) => [period, value])).toEqual([
      ['2026-07', null],
      ['2026-08', 0.8],
      ['2026-09', null],
      ['2026-10', 0.9],
    ]);
  });
});
