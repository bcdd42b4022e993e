import { describe, expect, it } from 'vitest';
import { metric, row } from '../testing/rows';
import { intervalAxis, ranked, worstFirst } from './rank';

const rows = [
  row({ place: 'a', code: '1', name: '甲', value: 0.5, n: 10 }),
  row({ place: 'b', code: '2', name: '乙', value: 0.9, n: 10 }),
  row({ place: 'c', code: '3', name: '丙', value: 0.9, n: 30 }),
  row({ place: 'd', code: '4', name: '丁', value: 1, n: 4 }),
  row({ place: 'e', code: '5', name: '戊', value: null, reason: 'no_data', n: 0 }),
  row({ place: 'f', code: '6', name: '己', value: 0.1, n: 12 }),
];

const order = (sort: Parameters<typeof ranked>[1]) =>
  ranked(rows, sort, 'raw', 5).map(({ row: { place }, rank }) => `${place ?? ''}${rank ?? '-'}`);

describe('ranked', () => {
  it('ranks the highest first, equal values alike, small n never', () => {
    expect(order({ key: 'value', descending: true })).toEqual(['b1', 'c1', 'a3', 'f4', 'd-', 'e-']);
  });

  it('counts from the first shown, with the unranked at the bottom whichever way it is sorted', () => {
    expect(order({ key: 'value', descending: false })).toEqual(['f1', 'a2', 'b3', 'c3', 'e-', 'd-']);
    expect(order({ key: 'n', descending: true })).toEqual(['c1', 'f4', 'a3', 'b1', 'd-', 'e-']);
  });

  it('ranks from the worst where it is sorted by something else', () => {
    const usual = worstFirst(metric({ higher_is: 'better' }));
    const byN = ranked(rows, { key: 'n', descending: true }, 'raw', 5, usual);
    expect(byN.map(({ rank }) => rank)).toEqual([3, 1, 2, 3, null, null]);
  });

  it('shows the worst first, whichever end that is', () => {
    const descending = (['better', 'worse', 'neutral'] as const).map(
      (higher_is) => worstFirst(metric({ higher_is })).descending,
    );
    expect(descending).toEqual([false, true, true]);
  });

  it('ranks by the shrunken rate where that is mapped', () => {
    const [first] = ranked(
      [row({ place: 'x', value: 1, shrunken: 0.6, n: 9 })],
      { key: 'value', descending: true },
      'shrunken',
      5,
    );
    expect(first?.value).toBe(0.6);
  });
});

describe('intervalAxis', () => {
  const axis = (part: [number, number][]) =>
    intervalAxis(
      ranked(
        part.map(([low, high]) => row({ value: (low + high) / 2, low, high, n: 10 })),
        { key: 'value', descending: true },
        'raw',
        5,
      ),
    );

  it('spans the intervals', () => {
    expect(
      axis([
        [0.4, 0.6],
        [0.5, 0.9],
      ]),
    ).toEqual([0.4, 0.9]);
  });

  it('starts at zero where it nearly reaches it, and never has no length', () => {
    expect(axis([[0.1, 0.9]])).toEqual([0, 0.9]);
    expect(axis([[2, 2]])).toEqual([2, 3]);
    expect(axis([])).toEqual([0, 1]);
  });
});
