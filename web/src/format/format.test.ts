import { describe, expect, it } from 'vitest';
import {
  formatArea,
  formatDifference,
  formatDuration,
  formatInstant,
  formatLimit,
  formatMonth,
  formatValue,
  limitFormatter,
} from './format';

describe('formatDuration', () => {
  it.each([
    [30, '30 秒', '30 s'],
    [1800, '30 分钟', '30 min'],
    [5 * 3600, '5 小时', '5 h'],
    [4.2 * 86400, '4.2 天', '4.2 d'],
    [2.96 * 86400, '3.0 天', '3.0 d'],
    [400.4 * 86400, '400 天', '400 d'],
    [0, '0 秒', '0 s'],
  ])('%d s', (seconds, zh, en) => {
    expect(formatDuration(seconds, 'zh')).toBe(zh);
    expect(formatDuration(seconds, 'en')).toBe(en);
  });

  it('counts working days of eight hours on the working clock', () => {
    expect(formatDuration(16 * 3600, 'zh', 'working')).toBe('2 工作日');
    expect(formatDuration(16 * 3600, 'en', 'wall')).toBe('16 h');
  });
});

describe('formatValue', () => {
  it('follows the unit', () => {
    expect(formatValue(0.8845, 'ratio', 'zh')).toBe('88.5%');
    expect(formatValue(12345, 'count', 'en')).toBe('12,345');
    expect(formatValue(0.11742, 'events_per_worker_day', 'zh')).toBe('0.117');
    expect(formatValue(7200, 'seconds', 'zh')).toBe('2 小时');
  });
});

describe('formatLimit', () => {
  it('has no more decimals than a round limit needs', () => {
    expect(formatLimit(0.5, 'ratio', 'zh')).toBe('50%');
    expect(formatLimit(0.2, 'events_per_worker_day', 'zh')).toBe('0.2');
    expect(formatLimit(7200, 'seconds', 'zh')).toBe('2 小时');
  });
});

describe('formatDifference', () => {
  it('is in the unit of the value beside it', () => {
    expect(formatDifference(29.9 * 3600, 5.3 * 86400, 'seconds', 'zh')).toBe('1.2 天');
    expect(formatDifference(90, 5 * 3600, 'seconds', 'en')).toBe('0.0 h');
    expect(formatDifference(90, 1800, 'seconds', 'en')).toBe('2 min');
    expect(formatDifference(0.061, 0.6, 'ratio', 'zh')).toBe('6.1');
    expect(formatDifference(3, 12, 'count', 'zh')).toBe('3');
  });
});

describe('limitFormatter', () => {
  const written = (limits: number[], unit: Parameters<typeof limitFormatter>[1]) =>
    limits.map(limitFormatter(limits, unit, 'zh'));

  it('gives all limits of a legend the same decimals', () => {
    expect(written([0.179, 0.19, 1.968], 'events_per_worker_day')).toEqual(['0.179', '0.190', '1.968']);
    expect(written([0, 0.5, 1], 'ratio')).toEqual(['0%', '50%', '100%']);
    expect(written([0, 0.505, 1], 'ratio')).toEqual(['0.0%', '50.5%', '100.0%']);
  });

  it('writes durations in one unit where that hides none', () => {
    expect(written([0, 86_400, 1.5 * 86_400], 'seconds')).toEqual(['0.0 天', '1.0 天', '1.5 天']);
    expect(written([600, 10 * 86_400], 'seconds')).toEqual(['10 分钟', '10 天']);
  });
});

describe('other formats', () => {
  it('name areas, months and instants', () => {
    expect(formatArea(2262, 'zh')).toBe('2,262 m²');
    expect(formatArea(6_825_701, 'en')).toBe('6.83 km²');
    expect(formatMonth('2026-01', 'zh')).toBe('2026年1月');
    expect(formatMonth('2026-01', 'en')).toBe('Jan 2026');
    // 16:30 UTC is past midnight in the area's own zone.
    expect(formatInstant('2026-10-31T16:30:00.000Z', 'Asia/Shanghai', 'en')).toContain('1 Nov 2026');
  });
});
