import { describe, expect, it } from 'vitest';
import { PLAN_TABS, TOOL_NAMES } from '../../state/plan-view';
import { LIVE_METRICS } from '../map/metrics';
import { en } from './en';
import { isPlanKey, say } from './say';
import { zh } from './zh';

const slots = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe("the planner's dictionaries", () => {
  it('have the same keys in the same order, and no empty message', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh));
    for (const text of [...Object.values(zh), ...Object.values(en)]) expect(text.trim()).not.toBe('');
  });

  it('have the same slots in both languages', () => {
    for (const key of Object.keys(zh).filter(isPlanKey)) expect([key, slots(en[key])]).toEqual([key, slots(zh[key])]);
  });

  it('name every tool, tab and metric', () => {
    const wanted = [
      ...TOOL_NAMES.flatMap((name) => [`tool.${name}`, `hint.${name}`]),
      ...PLAN_TABS.map((name) => `tab.${name}`),
      ...LIVE_METRICS.map((name) => `metric.${name}`),
    ];
    expect(wanted.filter((key) => !isPlanKey(key))).toEqual([]);
  });

  it('fill slots and leave unknown ones to be seen', () => {
    expect(say('zh', 'list.base', { n: 3 })).toBe('基于版本 3');
    expect(say('en', 'list.base')).toBe('Based on version {n}');
  });
});
