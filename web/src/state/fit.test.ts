import { describe, expect, it } from 'vitest';
import { metric } from '../testing/rows';
import { fitting, levelsOf, windowsOf } from './fit';

describe('fitting', () => {
  const whole = metric({ by: ['village', 'grid', 'microgrid', 'worker'], periods: ['month', 'all'] });

  it('leaves a view alone that the metric can show', () => {
    expect(fitting({ level: 'microgrid', window: 'm3' }, whole)).toEqual({});
    expect(levelsOf(whole)).toEqual(['village', 'grid', 'microgrid']);
  });

  it('moves to a level and a period that there are', () => {
    const coarse = metric({ by: ['village'], periods: ['month'] });
    expect(fitting({ level: 'grid', window: 'all' }, coarse)).toEqual({ level: 'village', window: 'month' });
    expect(windowsOf(metric({ periods: ['all'] }))).toEqual(['m3', 'm12', 'all']);
  });
});
