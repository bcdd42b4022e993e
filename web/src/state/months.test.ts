import { describe, expect, it } from 'vitest';
import { area } from '../testing/rows';
import { addMonths, areaMonths, isMonth, isRunning, monthsBetween, shownMonth, windowMonths } from './months';

describe('months', () => {
  it('step over the turn of the year both ways', () => {
    expect(addMonths('2025-12', 1)).toBe('2026-01');
    expect(addMonths('2026-01', -13)).toBe('2024-12');
  });

  it('are listed with both ends', () => {
    expect(monthsBetween('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(monthsBetween('2026-02', '2025-11')).toEqual([]);
    expect(areaMonths(area())).toHaveLength(24);
    expect(areaMonths(area({ data_from: null, data_to: null }))).toEqual([]);
  });

  it('are recognised', () => {
    expect(['2026-10', '2026-1', '2026-13', 'all'].map(isMonth)).toEqual([true, false, false, false]);
  });

  it('are held inside the data', () => {
    expect(shownMonth(null, area())).toBe('2026-10');
    expect(shownMonth('2030-01', area())).toBe('2026-10');
    expect(shownMonth('2020-01', area())).toBe('2024-11');
    expect(shownMonth('2025-05', area({ data_to: null }))).toBeNull();
  });
});

describe('a month that the data do not cover', () => {
  it('is running until they reach into its last day, in the zone of the area', () => {
    const until = (as_of: string | null) => isRunning('2026-10', area({ as_of }));
    expect(until('2026-10-30T15:59:00Z')).toBe(true);
    // Past midnight of the 31st in Shanghai.
    expect(until('2026-10-30T16:01:00Z')).toBe(false);
    expect(until('2026-11-02T00:00:00Z')).toBe(false);
    // The public is told the day only.
    expect(until('2026-10-12')).toBe(true);
    expect(until(null)).toBe(false);
  });

  it('is shown when asked for, not by itself', () => {
    const half = area({ as_of: '2026-10-14T02:00:00Z' });
    expect(shownMonth(null, half)).toBe('2026-09');
    expect(shownMonth('2026-10', half)).toBe('2026-10');
    expect(shownMonth(null, { ...half, data_from: '2026-10' })).toBe('2026-10');
  });
});

describe('windowMonths', () => {
  it.each([
    ['month', '2026-03', { from: '2026-03', to: '2026-03' }],
    ['m3', '2026-01', { from: '2025-11', to: '2026-01' }],
    ['m12', '2026-10', { from: '2025-11', to: '2026-10' }],
    // Always a whole window, also where the data begin later: the public gets no others.
    ['m12', '2025-02', { from: '2024-03', to: '2025-02' }],
    ['all', '2025-02', { from: null, to: null }],
  ] as const)('%s up to %s', (window, month, expected) => {
    expect(windowMonths({ window, month }, area())).toEqual(expected);
  });

  it('is nothing without data', () => {
    expect(windowMonths({ window: 'all', month: null }, area({ data_from: null, data_to: null }))).toEqual({
      from: null,
      to: null,
    });
  });
});
