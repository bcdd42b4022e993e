import { describe, expect, it } from 'vitest';
import { legendClasses, stripMarks } from './legend';
import type { Scale } from './scale';

const scale = (limits: number[], part: Partial<Scale> = {}): Scale => ({
  limits,
  colours: limits.slice(1).map((_, k) => `c${k}`),
  middle: null,
  lowAlone: false,
  ...part,
});

describe('legendClasses', () => {
  it('writes all limits with the same decimals', () => {
    const loads = legendClasses(scale([0.043, 0.179, 0.19, 0.22, 1.968]), 'events_per_worker_day', 'zh', 'wall');
    expect(loads.map(({ text }) => text)).toEqual(['0.043 – 0.179', '0.179 – 0.190', '0.190 – 0.220', '0.220 – 1.968']);
    const rates = legendClasses(scale([0, 0.5, 0.875, 1]), 'ratio', 'zh', 'wall');
    expect(rates.map(({ text }) => text)).toEqual(['0.0% – 50.0%', '50.0% – 87.5%', '87.5% – 100.0%']);
  });

  it('keeps a class of one single value apart', () => {
    const classes = legendClasses(scale([0.5, 1, 1]), 'ratio', 'zh', 'wall');
    expect(classes.map(({ text }) => text)).toEqual(['50% – <100%', '100%']);
  });
});

describe('stripMarks', () => {
  it('drops limits where they would not fit, never the last', () => {
    const marks = stripMarks(scale([0.043, 0.15, 0.179, 0.22, 1.968]), 'events_per_worker_day', 'zh', 'wall');
    expect(marks).toEqual(['0.043', '0.150', '0.179', '0.220', '1.968']);
    const long = stripMarks(scale([0, 1.5, 2, 3.5, 10, 20].map((days) => days * 86_400)), 'seconds', 'zh', 'wall');
    expect(long).toEqual(['0.0 天', '', '2.0 天', '', '', '20.0 天']);
  });
});
