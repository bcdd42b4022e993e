import { describe, expect, it } from 'vitest';
import { metric } from '../testing/rows';
import { fitting, landingMetric, levelsOf, windowsOf } from './fit';

describe('fitting', () => {
  const whole = metric({ by: ['village', 'grid', 'microgrid', 'worker'], periods: ['month', 'all'] });

  it('leaves a view alone that the metric can show', () => {
    expect(fitting({ metric: whole.id, level: 'microgrid', window: 'm3' }, whole)).toEqual({});
    expect(levelsOf(whole)).toEqual(['village', 'grid', 'microgrid']);
  });

  it('moves to a level and a period that there are', () => {
    const coarse = metric({ by: ['village'], periods: ['month'] });
    expect(fitting({ metric: coarse.id, level: 'grid', window: 'all' }, coarse)).toEqual({
      level: 'village',
      window: 'month',
    });
    expect(windowsOf(metric({ periods: ['all'] }))).toEqual(['m3', 'm12', 'all']);
  });
});

describe('landingMetric', () => {
  const catalogue = ['visit_rate', 'submit_to_close', 'leader_filled', 'area_covered'].map((id) => metric({ id }));

  it.each([
    [{ visits: 3, reports: 3 }, 'visit_rate'],
    [{ visits: 0, reports: 3, posts: 2 }, 'submit_to_close'],
    [{ posts: 2 }, 'leader_filled'],
    [{ grids: 9 }, 'area_covered'],
  ])('of %j is %s', (counts: Record<string, number>, id) => {
    expect(landingMetric({ counts }, catalogue)?.id).toBe(id);
  });

  it('is the first where none of them is offered', () => {
    expect(landingMetric({ counts: {} }, [metric({ id: 'x' })])?.id).toBe('x');
    expect(landingMetric({ counts: {} }, [])).toBeNull();
  });
});
