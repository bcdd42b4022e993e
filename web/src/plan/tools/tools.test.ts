import { describe, expect, it } from 'vitest';
import type { Lock, Position } from '../../api/plan-types';
import { BorderIndex } from '../geometry/borders';
import { Households } from '../geometry/households';
import { isInside, regionOf, scaleAt } from '../geometry/planar';
import { home, place, square } from '../testing';
import { sameLock } from './lock';
import { startTool, toolOfKey, TOOL_KEYS } from './registry';
import { movedBy, type Proposal, type Runner, type ToolContext, type ToolKey } from './tool';

const SCALE = scaleAt(0);
// Two grids side by side, a kilometre wide each, and one that touches neither.
const GRIDS = [place('a', square(0, 0, 0.01)), place('b', square(0.01, 0, 0.01)), place('c', square(0.05, 0, 0.01))];
const HOMES = [
  home('a1', [0.0095, 0.005], 'a'),
  home('a2', [0.002, 0.005], 'a', 5),
  home('b1', [0.0105, 0.005], 'b'),
  home('b2', [0.0125, 0.005], 'b', 3),
  home('b3', [0.018, 0.005], 'b'),
];

function context(changes: Partial<ToolContext> = {}): ToolContext {
  const borders = new BorderIndex();
  for (const grid of GRIDS) borders.put(grid);
  const homes = new Households({ type: 'FeatureCollection', features: HOMES });
  const find = (id: string) => GRIDS.find(({ properties }) => properties.id === id);
  return {
    scale: SCALE,
    metresPerPixel: 2,
    box: [-1, -1, 1, 1],
    selected: null,
    radius_m: 60,
    homes,
    gridAt: (p) => GRIDS.find(({ geometry }) => isInside(p, regionOf(geometry)))?.properties.id ?? null,
    microgridAt: (p) => (p[0] < 0.01 ? { id: 'm1', parent: 'a' } : null),
    borderNear: (p) => borders.near(p, 24, SCALE),
    vertexNear: (p) => borders.vertexNear(p, 24, SCALE),
    householdNear: (p) => homes.nearest(p, 20, SCALE),
    snap: (p) => borders.vertexNear(p, 24, SCALE) ?? p,
    region: (id) => regionOf(find(id)?.geometry ?? { type: 'MultiPolygon', coordinates: [] }),
    parent: () => 'v',
    siblings: (id) => ['a', 'b', 'c'].filter((each) => each !== id),
    areNeighbours: (x, y) => borders.neighbours(x).has(y),
    isLocked: () => false,
    newId: () => 'new',
    newName: (beside) => `${beside}+`,
    ...changes,
  };
}

/** Feeds a tool with what a hand does, and gives back what it proposed last and committed. */
function play(tool: Runner, inputs: readonly [string, Position][], ctx: ToolContext) {
  let [price, commit, selected]: [Proposal | null, Proposal | null, string | null | undefined] = [
    null,
    null,
    undefined,
  ];
  for (const [kind, at] of inputs) {
    const effects = tool.input({ kind: kind as 'down', at, shift: false }, ctx);
    if (effects.price !== undefined) price = effects.price;
    if (effects.commit) commit = effects.commit;
    if (effects.select !== undefined) selected = effects.select;
  }
  return { price, commit, selected };
}
const press = (tool: Runner, key: ToolKey, ctx: ToolContext) => tool.input({ kind: 'key', key }, ctx);
const ids = (proposal: Proposal | null) =>
  proposal?.kind === 'flip' ? proposal.households.map(({ id }) => id).sort() : null;

describe('dragging a border', () => {
  const ON: Position = [0.01, 0.005];

  it('gives the households that it passes to the grid on the other side', () => {
    const tool = startTool('border');
    const ctx = context();
    const { price, commit } = play(
      tool,
      [
        ['move', ON],
        ['down', ON],
        ['move', [0.0128, 0.005]],
      ],
      ctx,
    );
    expect(ids(price)).toEqual(['b1', 'b2']);
    expect(commit).toBeNull();
    expect(tool.isDragging()).toBe(true);
    expect(tool.sketch(ctx).marked).toEqual(expect.arrayContaining(['a', 'b']));
    expect(play(tool, [['up', [0.0128, 0.005]]], ctx).commit).toMatchObject({ kind: 'flip', to: 'a' });
    expect(tool.isDragging()).toBe(false);
  });

  it('gives back what it took when it is dragged back, and takes from the other side beyond the border', () => {
    const tool = startTool('border');
    const { price } = play(
      tool,
      [
        ['down', ON],
        ['move', [0.0128, 0.005]],
        ['move', [0.0095, 0.005]],
      ],
      context(),
    );
    expect(ids(price)).toEqual(['a1']);
    expect(price).toMatchObject({ to: 'b' });
  });

  it('does nothing for a trembling hand, away from a border, or after Escape', () => {
    const ctx = context();
    expect(
      play(
        startTool('border'),
        [
          ['down', ON],
          ['up', [0.010001, 0.005]],
        ],
        ctx,
      ).commit,
    ).toBeNull();
    expect(
      play(
        startTool('border'),
        [
          ['down', [0.005, 0.005]],
          ['move', [0.0128, 0.005]],
        ],
        ctx,
      ).price,
    ).toBeNull();
    const tool = startTool('border');
    play(
      tool,
      [
        ['down', ON],
        ['move', [0.0128, 0.005]],
      ],
      ctx,
    );
    expect(press(tool, 'Escape', ctx).price).toBeNull();
    expect(play(tool, [['up', [0.0128, 0.005]]], ctx).commit).toBeNull();
  });
});

describe('vertices', () => {
  const ctx = context({ selected: 'a' });

  it('are moved, and snap', () => {
    const { commit } = play(
      startTool('vertex'),
      [
        ['down', [0, 0]],
        ['move', [0.003, 0.003]],
        ['up', [0.0031, 0.003]],
      ],
      ctx,
    );
    expect(commit).toEqual({ kind: 'redraw', edits: [{ edit: 'move_vertex', from: [0, 0], to: [0.0031, 0.003] }] });
    const snapped = play(
      startTool('vertex'),
      [
        ['down', [0, 0]],
        ['up', [0.0099, 0.0001]],
      ],
      ctx,
    );
    expect(snapped.commit).toMatchObject({ edits: [{ to: [0.01, 0] }] });
  });

  it('are inserted at the middle of a side and deleted by a key', () => {
    const { commit } = play(
      startTool('vertex'),
      [
        ['down', [0.005, 0]],
        ['up', [0.005, 0.001]],
      ],
      ctx,
    );
    expect(commit).toMatchObject({ edits: [{ edit: 'insert_vertex', on: [0.005, 0], to: [0.005, 0.001] }] });
    const tool = startTool('vertex');
    play(
      tool,
      [
        ['down', [0.01, 0.01]],
        ['up', [0.01, 0.01]],
      ],
      ctx,
    );
    expect(press(tool, 'Delete', ctx).commit).toMatchObject({ edits: [{ edit: 'delete_vertex', at: [0.01, 0.01] }] });
  });
});

describe('areas', () => {
  const LASSO: Position[] = [
    [0.009, 0.004],
    [0.013, 0.004],
    [0.013, 0.006],
    [0.009, 0.006],
  ];
  const drawn = LASSO.map((at, k): [string, Position] => [k === 0 ? 'down' : 'move', at]);

  it('go to the selected grid, from its siblings only', () => {
    const ctx = context({ selected: 'a' });
    const { commit } = play(startTool('lasso'), [...drawn, ['up', [0.009, 0.006]]], ctx);
    expect(commit).toMatchObject({ kind: 'redraw', edits: [{ edit: 'transfer', to: 'a', from: ['b', 'c'] }] });
    expect(commit && movedBy(commit, ctx.homes).map(({ household }) => household)).toEqual(['b1', 'b2']);
  });

  it('wait for a grid where none is selected', () => {
    const tool = startTool('lasso');
    const ctx = context();
    expect(play(tool, [...drawn, ['up', [0.009, 0.006]]], ctx).commit).toBeNull();
    expect(tool.isPending()).toBe(true);
    expect(play(tool, [['tap', [0.002, 0.002]]], ctx)).toMatchObject({
      commit: { edits: [{ to: 'a' }] },
      selected: 'a',
    });
  });

  it('are painted for the grid where the stroke begins, piece by piece', () => {
    const { commit, selected } = play(
      startTool('brush'),
      [
        ['down', [0.0095, 0.005]],
        ['move', [0.0105, 0.005]],
        ['move', [0.0125, 0.005]],
        ['move', [0.0125, 0.007]],
        ['up', [0.0125, 0.007]],
      ],
      context(),
    );
    expect(selected).toBe('a');
    if (commit?.kind !== 'redraw') throw new Error('nothing painted');
    expect(commit.edits.length).toBe(2);
    expect(commit.edits.every((edit) => edit.edit === 'transfer' && edit.to === 'a')).toBe(true);
  });

  it('become a new grid with a name of its own', () => {
    const { commit } = play(startTool('create'), [...drawn, ['up', [0.009, 0.006]]], context());
    expect(commit).toMatchObject({ edits: [{ edit: 'create', new: { id: 'new' }, level: 'grid', parent: 'v' }] });
    expect(commit).toHaveProperty('places.new.name');
  });
});

describe('lines', () => {
  it('split the grid that they cross, and take back points', () => {
    const tool = startTool('split');
    const ctx = context();
    play(
      tool,
      [
        ['tap', [-0.001, 0.005]],
        ['tap', [0.005, 0.009]],
      ],
      ctx,
    );
    press(tool, 'Backspace', ctx);
    const { price } = play(tool, [['tap', [0.0108, 0.0055]]], ctx);
    expect(price).toMatchObject({ edits: [{ edit: 'split', place: 'a', new: { id: 'new' } }] });
    expect(press(tool, 'Enter', ctx).commit).toMatchObject({
      edits: [
        {
          line: [
            [-0.001, 0.005],
            [0.0108, 0.0055],
          ],
        },
      ],
    });
    expect(tool.isPending()).toBe(false);
  });

  it('lay the border between the grids on either side of where they begin', () => {
    const { commit } = play(
      startTool('redraw'),
      [
        ['tap', [0.01, 0.0001]],
        ['tap', [0.012, 0.005]],
        ['tap', [0.01, 0.0099]],
        ['double', [0.01, 0.0099]],
      ],
      context(),
    );
    expect(commit).toMatchObject({ edits: [{ edit: 'redraw', a: 'a', b: 'b' }] });
  });
});

describe('merging', () => {
  it('takes two neighbours and nothing else', () => {
    const ctx = context();
    expect(
      play(
        startTool('merge'),
        [
          ['tap', [0.005, 0.005]],
          ['tap', [0.015, 0.005]],
        ],
        ctx,
      ).commit,
    ).toEqual({
      kind: 'redraw',
      edits: [{ edit: 'merge', from: 'b', into: 'a' }],
    });
    expect(
      play(
        startTool('merge'),
        [
          ['tap', [0.005, 0.005]],
          ['tap', [0.055, 0.005]],
        ],
        ctx,
      ).commit,
    ).toBeNull();
  });
});

describe('clicking', () => {
  it('collects households for the selected grid, a second click leaves one out', () => {
    const tool = startTool('click');
    const ctx = context({ selected: 'a' });
    play(
      tool,
      [
        ['tap', [0.0105, 0.005]],
        ['tap', [0.0125, 0.005]],
        ['tap', [0.0105, 0.005]],
      ],
      ctx,
    );
    const { commit } = press(tool, 'Enter', ctx);
    expect(ids(commit ?? null)).toEqual(['b2']);
  });

  it('moves whole micro-grids with Shift', () => {
    const tool = startTool('click');
    const ctx = context({ selected: 'b' });
    tool.input({ kind: 'tap', at: [0.002, 0.005], shift: true }, ctx);
    expect(press(tool, 'Enter', ctx).commit).toEqual({
      kind: 'redraw',
      edits: [{ edit: 'reparent', places: ['m1'], to: 'b' }],
    });
  });
});

describe('locking', () => {
  it('means the household first, then the border, then the grid', () => {
    const locks = (at: Position, isLocked = false) => {
      const { commit } = play(startTool('lock'), [['tap', at]], context({ isLocked: () => isLocked }));
      return commit?.kind === 'lock' ? [commit.lock.lock, commit.locks] : null;
    };
    expect(locks([0.0105, 0.005])).toEqual(['household', true]);
    expect(locks([0.01, 0.002])).toEqual(['border', true]);
    expect(locks([0.005, 0.008], true)).toEqual(['place', false]);
  });

  it('knows a border from either side', () => {
    const border = (a: string, b: string): Lock => ({ lock: 'border', a, b });
    expect(sameLock(border('a', 'b'), border('b', 'a'))).toBe(true);
    expect(sameLock(border('a', 'b'), border('a', 'c'))).toBe(false);
  });
});

describe('the keys', () => {
  it('are all different and found in either case', () => {
    expect(new Set(Object.values(TOOL_KEYS)).size).toBe(Object.keys(TOOL_KEYS).length);
    expect(toolOfKey('b')).toBe('border');
    expect(toolOfKey('?')).toBeNull();
  });
});
