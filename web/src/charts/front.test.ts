import { describe, expect, it } from 'vitest';
import type { Candidate } from '../api/plan-types';
import { frontOption } from './front';

const WORDS = { imbalance: 'imbalance', moved: 'moved', travel: 'walk', compactness: 'compactness' };
const candidate = (id: string, moved_share: number, imbalance: number): Candidate => ({
  id,
  imbalance,
  cv: 0.1,
  travel_m: 300 + moved_share * 100,
  moved_households: Math.round(moved_share * 1000),
  moved_share,
  cut_m: 1,
});

interface Drawn {
  series: [unknown, { data: { value: number[]; symbolSize: number }[] }];
  tooltip: { formatter: (point: { dataIndex: number; seriesType: string }) => string };
}

describe('the chart of a front', () => {
  const front = [candidate('a', 0, 0.4), candidate('b', 0.05, 0.125)];
  const option = frontOption(front, [{ moved: 0, imbalance: 0.4 }], 'b', WORDS) as unknown as Drawn;

  it('has a point for each candidate, the chosen one larger', () => {
    const { data } = option.series[1];
    expect(data.map(({ value }) => value.slice(0, 2))).toEqual([
      [0, 0.4],
      [0.05, 0.125],
    ]);
    expect(data[1]?.symbolSize).toBeGreaterThan(data[0]?.symbolSize ?? Infinity);
  });

  it('says what a candidate costs', () => {
    const text = option.tooltip.formatter({ dataIndex: 1, seriesType: 'scatter' });
    expect(text).toContain('12.5%');
    expect(text).toContain('5%</b> (50)');
    expect(option.tooltip.formatter({ dataIndex: 0, seriesType: 'line' })).toBe('');
  });
});
