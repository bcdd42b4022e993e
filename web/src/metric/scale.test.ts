import { describe, expect, it } from 'vitest';
import type { MetricRow, MetricTable } from '../api/types';
import { luminance, metric, row } from '../testing/rows';
import { DIVERGING, NO_DATA, NOT_REACHED, SEQUENTIAL, spread } from './ramps';
import { classEnds, fillOf, isSmall, leastN, scaleOf, tally } from './scale';

const table = (rows: MetricRow[], part: Partial<MetricTable> = {}): MetricTable => ({
  metric: 'visit_rate',
  by: 'grid',
  period: 'month',
  unit: 'ratio',
  rows,
  total: [],
  balance: null,
  ...part,
});

const OPTIONS = { mode: 'raw', classing: 'quantile', minN: 5 } as const;
const rates = Array.from({ length: 40 }, (_, k) => row({ place: `g${k}`, value: 0.5 + k / 100, n: 20 }));

describe('scaleOf', () => {
  it('cuts five classes in the ramp of the metric', () => {
    const scale = scaleOf(table(rates), metric({}), OPTIONS);
    expect(scale.limits).toHaveLength(6);
    expect(scale.colours).toEqual([...SEQUENTIAL.better]);
  });

  it('is not bent by figures over a small n, but covers them', () => {
    const small = row({ place: 'x', value: 0, n: 1 });
    const [without, withSmall] = [rates, [...rates, small]].map((rows) => scaleOf(table(rows), metric({}), OPTIONS));
    expect(withSmall?.limits.slice(1)).toEqual(without?.limits.slice(1));
    expect(withSmall?.limits[0]).toBe(0);
  });

  it('uses small ones where there are no others', () => {
    const scale = scaleOf(table([row({ place: 'a', value: 0.2, n: 2 })]), metric({}), OPTIONS);
    expect(scale.limits).toEqual([0.2, 0.2]);
    expect(scale.colours).toHaveLength(1);
  });

  it('maps shrunken rates where asked to', () => {
    const shrunken = rates.map((each) => ({ ...each, shrunken: 0.7 }));
    expect(scaleOf(table(shrunken), metric({}), { ...OPTIONS, mode: 'shrunken' }).limits).toEqual([0.7, 0.7]);
  });

  it('parts a workload at the average of the whole area', () => {
    const loads = Array.from({ length: 40 }, (_, k) => row({ place: `g${k}`, value: k / 100, n: 50 }));
    const whole = table(loads, { unit: 'events_per_worker_day', total: [row({ value: 0.1, n: 2000 })] });
    const scale = scaleOf(whole, metric({ unit: 'events_per_worker_day' }), OPTIONS);
    expect(scale.middle).toBe(0.1);
    const middle = scale.limits.indexOf(0.1);
    expect(scale.colours.slice(0, middle).every((colour) => DIVERGING.indexOf(colour as never) < 2)).toBe(true);
    expect(scale.colours.slice(middle).every((colour) => DIVERGING.indexOf(colour as never) > 2)).toBe(true);
  });

  it('has no classes without figures', () => {
    expect(scaleOf(table([]), metric({}), OPTIONS)).toMatchObject({ limits: [], colours: [] });
  });
});

describe('fillOf', () => {
  const scale = scaleOf(table(rates), metric({}), OPTIONS);

  it('colours by class and hatches below the least n', () => {
    expect(fillOf(row({ value: 0.5, n: 20 }), scale, 'raw', 5)).toMatchObject({
      kind: 'class',
      index: 0,
      small: false,
    });
    expect(fillOf(row({ value: 0.89, n: 4 }), scale, 'raw', 5)).toMatchObject({ kind: 'class', index: 4, small: true });
  });

  it('tells the reasons for no value apart', () => {
    const fill = (part: Partial<MetricRow>) => fillOf(row({ value: null, ...part }), scale, 'raw', 5);
    expect(fill({ reason: 'no_data', n: 0 })).toEqual({ kind: 'no_data', colour: NO_DATA, small: false });
    expect(fill({ reason: 'small_n', n: 3 })).toEqual({ kind: 'no_data', colour: NO_DATA, small: true });
    expect(fill({ reason: 'not_reached', n: 9 })).toEqual({ kind: 'not_reached', colour: NOT_REACHED, small: false });
    expect(fillOf(undefined, scale, 'raw', 5).kind).toBe('no_data');
  });
});

describe('tally', () => {
  it('counts each place once, and hatched ones beside', () => {
    const scale = scaleOf(table(rates), metric({}), OPTIONS);
    const withheld = row({ value: null, reason: 'small_n', n: 3 });
    const rows = [...rates, row({ value: 0.5, n: 2 }), row({ value: null, reason: 'no_data', n: 0 }), withheld];
    const counts = tally(
      rows.map((each) => fillOf(each, scale, 'raw', 5)),
      5,
    );
    expect(counts.places).toBe(43);
    expect(counts.classes.reduce((a, b) => a + b)).toBe(41);
    expect(counts).toMatchObject({ small: 2, noData: 1, notReached: 0 });
  });

  it('counts places without a row among those without data', () => {
    const counts = tally([{ kind: 'class', index: 0, colour: '#fff', small: false }], 1, 176);
    expect(counts).toEqual({ classes: [1], small: 0, notReached: 0, noData: 175, places: 176 });
  });
});

describe('leastN', () => {
  it('asks for no sample where none is drawn', () => {
    expect(leastN(table([]), 5)).toBe(5);
    expect(leastN(table([], { unit: 'count' }), 5)).toBe(0);
    expect(leastN(table([], { metric: 'leader_filled' }), 5)).toBe(0);
  });

  it('leaves what is withheld unsteady', () => {
    expect(isSmall(row({ n: null }), 0)).toBe(true);
    expect(isSmall(row({ n: 0 }), 0)).toBe(false);
  });
});

describe('classEnds', () => {
  it('gives whole numbers to one class only', () => {
    expect(classEnds([0, 3, 4, 9], 'count')).toEqual([
      [0, 2],
      [3, 3],
      [4, 9],
    ]);
    expect(classEnds([0, 1, 1], 'ratio', true)).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(classEnds([0, 0.5, 1], 'ratio')).toEqual([
      [0, 0.5],
      [0.5, 1],
    ]);
  });
});

describe('spread', () => {
  it('takes the ends of a ramp for two classes and its middle for one', () => {
    expect(spread(['a', 'b', 'c'], 2)).toEqual(['a', 'c']);
    expect(spread(['a', 'b', 'c'], 1)).toEqual(['b']);
  });

  it.each(Object.entries(SEQUENTIAL))('the ramp %s gets darker towards what asks for action', (name, ramp) => {
    const lightness = ramp.map(luminance);
    expect(lightness).toEqual(lightness.toSorted((a, b) => (name === 'better' ? a - b : b - a)));
  });
});
