import type { Feature } from 'geojson';
import { describe, expect, it } from 'vitest';
import { area } from '../testing/rows';
import { reportFacts } from './feature-popup';

const words = {
  t: (key: string) => key,
  word: (prefix: string, word: string) => `${prefix}.${word}`,
  locale: { value: 'en' },
} as const;

const facts = (properties: Record<string, unknown>, viewer: 'administrator' | 'public') => {
  const report: Feature = { type: 'Feature', geometry: { type: 'Point', coordinates: [110.5, 29.3] }, properties };
  return Object.fromEntries(reportFacts(report, words, area({ viewer })));
};

describe('the popup of a report', () => {
  const told = { id: 'r', category: '路灯', state: 'closed', submitted_at: '2026-08-15' };

  it('leaves out what the public is not told', () => {
    const nulls = { source: null, channel: null, closed_at: null, grid: null, village: null };
    expect(facts({ ...told, ...nulls }, 'public')).toEqual({
      'report.state': 'state.closed',
      'report.submitted': '15 Aug 2026',
      '': 'report.coarse',
    });
  });

  it('calls a report open by its state, not for want of a closing', () => {
    expect(facts({ ...told, state: 'handling', closed_at: null }, 'public')['report.closed']).toBe('report.open');
    expect(facts({ ...told, state: 'void', closed_at: null }, 'administrator')['report.closed']).toBeUndefined();
  });
});
