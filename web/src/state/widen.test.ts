import { describe, expect, it } from 'vitest';
import { metric } from '../testing/rows';
import { isWidened, mostAreSmall, smallShare, widerWindow } from './widen';

const tally = (small: number, noData: number, places = 176) => ({
  classes: [],
  small,
  notReached: 0,
  noData,
  places,
});
const whole = metric({ periods: ['month', 'all'] });

describe('smallShare', () => {
  it('counts the places that have data', () => {
    expect(smallShare(tally(70, 36))).toBe(0.5);
    expect(mostAreSmall(tally(70, 36))).toBe(false);
    expect(mostAreSmall(tally(71, 36))).toBe(true);
    expect(smallShare(tally(0, 176))).toBeNull();
    expect(mostAreSmall(tally(0, 176))).toBe(false);
  });
});

describe('widerWindow', () => {
  it('goes one step at a time while most are too small', () => {
    const small = { tally: tally(93, 36), leastN: 5 };
    expect(widerWindow('month', whole, small)).toBe('m3');
    expect(widerWindow('m3', whole, small)).toBe('m12');
    expect(widerWindow('m12', whole, small)).toBe('all');
    expect(widerWindow('all', whole, small)).toBeNull();
  });

  it('stays where most are firm, and with a census', () => {
    expect(widerWindow('month', whole, { tally: tally(3, 0), leastN: 5 })).toBeNull();
    expect(widerWindow('month', whole, { tally: tally(176, 0), leastN: 0 })).toBeNull();
  });

  it('stays inside what the metric offers', () => {
    const monthly = metric({ periods: ['month'] });
    expect(widerWindow('month', monthly, { tally: tally(93, 36), leastN: 5 })).toBeNull();
  });
});

describe('isWidened', () => {
  it('is no choice of somebody', () => {
    expect(isWidened({ window: 'm3', windowNamed: false }, whole)).toBe(true);
    expect(isWidened({ window: 'm3', windowNamed: true }, whole)).toBe(false);
    expect(isWidened({ window: 'month', windowNamed: false }, whole)).toBe(false);
    expect(isWidened({ window: 'm3', windowNamed: false }, metric({ periods: ['all'] }))).toBe(false);
  });
});
