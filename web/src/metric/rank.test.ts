import { describe, expect, it } from 'vitest';
import { metric, row } from '../testing/rows';
import { groupOf, groupStarts, ranked, withPlaces, worstFirst } from './rank';

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
    expect(order({ key: 'value', descending: false })).toEqual(['f1', 'a2', 'b3', 'c3', 'd-', 'e-']);
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

  it('puts figures that are not there yet before small ones, and no data last', () => {
    const open = row({ place: 'g', value: null, reason: 'not_reached', n: 9 });
    const withheld = row({ place: 'h', value: null, reason: 'small_n', n: null });
    const listed = ranked([...rows, withheld, open], { key: 'value', descending: false }, 'raw', 5);
    expect(listed.slice(4).map((entry) => [entry.row.place, groupOf(entry, 5)])).toEqual([
      ['g', 'open'],
      ['h', 'small'],
      ['d', 'small'],
      ['e', 'none'],
    ]);
    expect([...groupStarts(listed, 5)]).toEqual([
      [4, 'open'],
      [5, 'small'],
      [7, 'none'],
    ]);
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

describe('withPlaces', () => {
  it('lists every place, those without a row as without data', () => {
    const place = { id: 'z', code: '9', name: '壬' };
    const all = withPlaces(rows, [{ id: 'a', code: '1', name: '甲' }, place], '2026-10');
    expect(all).toHaveLength(rows.length + 1);
    expect(all.at(-1)).toMatchObject({ place: 'z', code: '9', name: '壬', period: '2026-10', reason: 'no_data', n: 0 });
    expect(ranked(all, { key: 'value', descending: false }, 'raw', 5).at(-1)?.row.place).toBe('z');
  });
});
