import { describe, expect, it } from 'vitest';
import { formatArea, formatDuration, formatInstant, formatLimit, formatMonth, formatValue } from './format';

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
