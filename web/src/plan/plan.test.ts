import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/client';
import type { Totals } from '../api/plan-types';
import { entryText } from './history';
import { refusalText } from './refusal';
import { sharedPath } from './shared-path';
import { radiusStep, shortcutOf } from './shortcuts';
import { histogram, totalRows, verdict } from './totals';
import { say, type Say } from './words/say';

const p: Say = (key, slots) => say('zh', key, slots);
const pressed = (key: string, more: Partial<KeyboardEvent> = {}) =>
  shortcutOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, target: null, ...more });

describe('keys', () => {
  it('choose tools, walk through the history and change the radius', () => {
    expect(pressed('b')).toEqual({ kind: 'tool', tool: 'border' });
    expect(pressed('z', { ctrlKey: true })).toEqual({ kind: 'undo' });
    expect(pressed('Z', { metaKey: true, shiftKey: true })).toEqual({ kind: 'redo' });
    expect(pressed('y', { ctrlKey: true })).toEqual({ kind: 'redo' });
    expect(pressed('[')).toEqual({ kind: 'radius', by: -1 });
    expect(pressed('?')).toEqual({ kind: 'help' });
    expect(pressed('Escape')).toEqual({ kind: 'press', key: 'Escape' });
  });

  it('leave to the browser what is the browser’s', () => {
    expect(pressed('r', { ctrlKey: true })).toBeNull();
    expect(pressed('d', { altKey: true })).toBeNull();
    expect(pressed('F5')).toBeNull();
  });

  it('keep the radius within what a hand can use', () => {
    expect(radiusStep(20, 1)).toBe(25);
    expect(radiusStep(8, -1)).toBe(8);
    expect(radiusStep(199, 1)).toBe(200);
  });
});

const spread = (max_mean: number) => ({ gini: 0.1, cv: 0.2, max_mean, n: 3 });
const totals = (max_mean: number, polsby_popper: number, grids = 3): Totals => ({
  grids,
  households: 10,
  persons: 30,
  households_moved: 0,
  persons_moved: 0,
  persons_with_new_worker: 0,
  workload: spread(max_mean),
  load: null,
  spread_households: null,
  walk_min: 4,
  polsby_popper,
  broken: 0,
  broken_on_foot: 0,
  without_worker: 0,
  without_household: 0,
});

describe('totals', () => {
  const rows = totalRows(totals(1.8, 0.4), totals(1.4, 0.3, 4));
  const of = (key: string) => {
    const row = rows.find((each) => each.key === key);
    return row ? verdict(row) : null;
  };

  it('know which direction is the better one', () => {
    expect(of('total.max_mean')).toBe('better');
    expect(of('total.polsby_popper')).toBe('worse');
    expect(of('total.grids')).toBe('other');
    expect(of('total.walk_min')).toBe('same');
    expect(of('total.load_cv')).toBe('same');
  });
});

describe('the histogram', () => {
  it('puts every grid into one class, the largest into the last', () => {
    const bins = histogram([0, 1, 2, 10], [0, 5, 10, 10], 5);
    expect(bins.map(({ today }) => today)).toEqual([2, 1, 0, 0, 1]);
    expect(bins.map(({ draft }) => draft)).toEqual([1, 0, 1, 0, 2]);
    expect(histogram([3, 3], [3])).toEqual([{ from: 3, to: 3, today: 2, draft: 1 }]);
    expect(histogram([], [])).toEqual([]);
  });
});

describe('the log', () => {
  it('says in words what was done', () => {
    const name = (id: string) => `格${id}`;
    const text = (edits: Parameters<typeof entryText>[0]['body']) => entryText({ body: edits }, p, name);
    expect(text({ do: 'operate', operation: 'redraw', edits: [{ edit: 'merge', from: '1', into: '2' }] })).toBe(
      '格1 并入 格2',
    );
    expect(text({ do: 'operate', operation: 'redraw', edits: [] })).toBe('采用平衡方案');
    expect(text({ do: 'approve' })).toBe('批准');
    expect(text({ do: 'operate', operation: 'lock', lock: { lock: 'border', a: '1', b: '2' } })).toBe('锁定边界');
  });
});

describe('a refusal', () => {
  it('names what is locked, and what could not be reached', () => {
    expect(refusalText(new ApiError(422, 'x', '格1', { lock: { lock: 'household' } }), p)).toBe('已锁定的住户。 格1');
    expect(refusalText(new ApiError(422, '标题', null), p)).toBe('标题');
    expect(refusalText(new ApiError(null, '', null), p)).toContain('没有保存');
  });
});

describe('the path of a shared draft', () => {
  it('names the draft and the token, and is no other path', () => {
    expect(sharedPath('/shared/6f3c-1/To_ken')).toEqual({ id: '6f3c-1', token: 'To_ken' });
    for (const path of ['/', '/shared/x', '/shared/a/b/c', '/shared/a/../b']) expect(sharedPath(path)).toBeNull();
  });
});
