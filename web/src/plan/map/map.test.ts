import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import type { Figures, PlanFigures } from '../../api/plan-types';
import { THEMES } from '../../map/theme';
import { colourOf, formatLive, legendRows, LIVE_METRICS, liveColouring } from './metrics';
import { planStyle } from './style';

describe('the style', () => {
  it.each(['plain', 'overBaseMap'] as const)('is valid in the theme %s', (theme) => {
    expect(validateStyleMin(planStyle({ kind: 'none' }, THEMES[theme]))).toEqual([]);
  });
});

const figure = (households: number, walk_min: number | null = null): Figures =>
  ({ households, walk_min, households_moved: 0, compactness: null }) as Figures;

const side = (places: Record<string, Figures>) => ({ places, totals: {} as PlanFigures['draft']['totals'] });
const figures: PlanFigures = {
  today: side({ a: figure(10, 2), b: figure(20, 4), c: figure(30, null), d: figure(40, 6), e: figure(50, 9) }),
  draft: side({ a: figure(16, 2), b: figure(14, 4), c: figure(30, null), d: figure(40, 6), e: figure(60, 9) }),
  seq: 1,
};

describe('colours', () => {
  it('mean the same today and in the draft', () => {
    const [today, draft] = (['today', 'draft'] as const).map((of) => liveColouring('households', figures, of, 'zh'));
    expect(today?.limits).toEqual(draft?.limits);
    expect(draft && colourOf(draft, 60)).toBe(today && colourOf(today, 50));
  });

  it('part the grids that gained from those that lost', () => {
    const colouring = liveColouring('change', figures, 'draft', 'zh');
    expect(colouring.values.get('a')).toBe(6);
    expect(colourOf(colouring, -6)).not.toBe(colourOf(colouring, 6));
    expect(colouring.colours).toHaveLength(colouring.limits.length - 1);
  });

  it('leave grids without a figure grey, and count them', () => {
    const rows = legendRows(liveColouring('walk_min', figures, 'draft', 'en'));
    expect(rows.at(-1)).toMatchObject({ text: '–', count: 1 });
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(5);
  });

  it('can be had for every metric, whatever is missing', () => {
    for (const metric of LIVE_METRICS) {
      const colouring = liveColouring(metric, figures, 'draft', 'zh');
      expect(colourOf(colouring, null)).toMatch(/^#/);
      expect(colourOf(colouring, 0)).toMatch(/^#/);
    }
  });
});

describe('figures', () => {
  it('are written in their unit', () => {
    expect(formatLive('reach', 0.5, 'en')).toBe('50.0%');
    expect(formatLive('change', 3, 'zh')).toBe('+3');
    expect(formatLive('workload', 0.25, 'zh')).toBe('0.25');
    expect(formatLive('walk_min', null, 'zh')).toBe('–');
  });
});
