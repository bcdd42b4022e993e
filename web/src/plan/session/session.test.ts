import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Figures, Outcome, Plan, Totals } from '../../api/plan-types';
import { home, place, square } from '../testing';
import { Ground } from './ground';
import { latest } from './latest';
import { figuresAfter, needsReload, planAfter } from './merge';
import { requestOf } from './session';

const figure = (households: number): Figures => ({ households }) as Figures;
const totals = (grids: number): Totals => ({ grids }) as Totals;

const outcome = (part: Partial<Outcome>): Outcome => ({
  seq: 2,
  head: 2,
  can_undo: true,
  can_redo: false,
  state: 'draft',
  entries: [],
  moved: [],
  figures: {},
  totals: totals(2),
  places: { type: 'FeatureCollection', features: [] },
  removed: [],
  ...part,
});

const entry = (seq: number, body: Plan['entries'][number]['body']) => ({
  seq,
  at: `t${String(seq)}`,
  author: '甲',
  why: null,
  body,
});

describe('an outcome', () => {
  const plan = {
    entries: [entry(1, { do: 'undo' })],
    locks: [],
    states: [{ seq: 0, parent: null }],
    snapshots: [],
    name: 'a',
    seq: 1,
    head: 1,
  } as unknown as Plan;

  it('adds the entries that the page does not know, in order', () => {
    const after = planAfter(
      plan,
      outcome({
        seq: 3,
        entries: [entry(3, { do: 'rename', name: 'b' }), entry(1, { do: 'undo' }), entry(2, { do: 'redo' })],
      }),
    );
    expect(after.entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(after).toMatchObject({ name: 'b', seq: 3, changed_at: 't3' });
  });

  it('keeps locks', () => {
    const lock = { lock: 'place', place: 'x' } as const;
    const locked = planAfter(plan, outcome({ entries: [entry(2, { do: 'operate', operation: 'lock', lock })] }));
    expect(locked.locks).toEqual([lock]);
    expect(locked.states.at(-1)).toEqual({ seq: 2, parent: 1 });
    const open = planAfter(locked, outcome({ entries: [entry(3, { do: 'operate', operation: 'unlock', lock })] }));
    expect(open.locks).toEqual([]);
  });

  it('changes the figures of touched grids only, and takes away those of grids that are gone', () => {
    const before = { places: { a: figure(1), b: figure(2), c: figure(3) }, totals: totals(3) };
    const after = figuresAfter(before, outcome({ figures: { a: figure(9), b: null }, removed: ['c'] }));
    expect(after).toEqual({ places: { a: figure(9) }, totals: totals(2) });
    expect(before.places.c).toBeDefined();
  });

  it('of a step through the history leaves locks to be asked for', () => {
    expect(needsReload(outcome({ entries: [entry(2, { do: 'go', to: 0 })] }))).toBe(true);
    expect(needsReload(outcome({ entries: [entry(2, { do: 'comment', text: 'x' })] }))).toBe(false);
  });
});

describe('the ground', () => {
  const data = () => ({
    villages: { type: 'FeatureCollection' as const, features: [] },
    grids: { type: 'FeatureCollection' as const, features: [place('a', square(0, 0, 1)), place('b', square(1, 0, 1))] },
    microgrids: { type: 'FeatureCollection' as const, features: [] },
    households: { type: 'FeatureCollection' as const, features: [home('h', [0.9, 0.5], 'a')] },
    references: { type: 'FeatureCollection' as const, features: [] },
  });

  it('tells the map only what changed', () => {
    const ground = new Ground();
    ground.load(data());
    const changes: unknown[] = [];
    ground.onChange((change) => changes.push(change));
    const wider = place('b', square(0.8, 0, 1.2));
    ground.apply(
      outcome({
        places: { type: 'FeatureCollection', features: [wider] },
        moved: [{ household: 'h', from: 'a', to: 'b', persons: 2 }],
        removed: ['a'],
      }),
    );
    expect(changes).toEqual([{ put: [wider], removed: ['a'], moved: ['h'], whole: false }]);
    expect(ground.gridAt([0.9, 0.5])).toBe('b');
    expect(ground.gridAt([0.1, 0.5])).toBeNull();
    expect(ground.homes.get('h')?.grid).toBe('b');
  });

  it('knows which of today’s borders the draft has given up', () => {
    const ground = new Ground();
    const today = data().grids;
    const changed = place('b', square(1, 0, 2));
    changed.properties.changed = true;
    ground.load({ ...data(), grids: { type: 'FeatureCollection', features: [place('a', square(0, 0, 1)), changed] } });
    // Only b changed; the side that it shares with a is still there.
    const { features } = ground.given(today);
    const corners = features.flatMap(({ geometry }) => (geometry.type === 'LineString' ? geometry.coordinates : []));
    expect(corners).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [1, 1],
    ]);
  });

  it('forgets everything of before when it is loaded anew', () => {
    const ground = new Ground();
    ground.load(data());
    ground.load({ ...data(), grids: { type: 'FeatureCollection', features: [place('c', square(0, 0, 1))] } });
    expect(ground.borders.near([1, 0.5], 10, ground.scale)).toMatchObject({ a: 'c', b: null });
    expect(ground.siblings('c')).toEqual([]);
  });
});

describe('the latest question', () => {
  afterEach(() => vi.useRealTimers());

  it('is the only one that is answered', async () => {
    vi.useFakeTimers();
    const answers: number[] = [];
    const asked: number[] = [];
    const asker = latest<number, number>(
      10,
      async (question, signal) => {
        asked.push(question);
        await new Promise((resolve) => setTimeout(resolve, 50));
        signal.throwIfAborted();
        return question;
      },
      (answer) => answers.push(answer),
      () => answers.push(-1),
    );
    asker.ask(1);
    asker.ask(2);
    await vi.advanceTimersByTimeAsync(30);
    asker.ask(3);
    await vi.advanceTimersByTimeAsync(100);
    asker.ask(4);
    asker.ask(null);
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual([2, 3]);
    expect(answers).toEqual([3]);
  });
});

describe('the request of a proposal', () => {
  it('goes to where the contract has it', () => {
    const flip = requestOf({
      kind: 'flip',
      households: [{ id: 'h', at: [0, 0], persons: 1, grid: 'a', today: 'a' }],
      to: 'b',
    });
    expect(flip).toMatchObject({ path: '/flip', body: { households: ['h'], to: 'b' } });
    const lock = requestOf({ kind: 'lock', lock: { lock: 'place', place: 'a' }, locks: false });
    expect(lock.body).toEqual({ body: { do: 'operate', operation: 'unlock', lock: { lock: 'place', place: 'a' } } });
    const edits = [{ edit: 'merge' as const, from: 'a', into: 'b' }];
    expect(requestOf({ kind: 'redraw', edits }).preview).toEqual({ operation: 'redraw', edits });
  });
});
