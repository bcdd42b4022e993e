// The corners of the selected grid: drag one, drag the middle of a side to bend it, delete one. Neighbours follow, since
// the server moves the border that they share.
import type { Edit, Position, Region } from '../../api/plan-types';
import { distance, inBox, rounded, type Box } from '../geometry/planar';
import { EMPTY_SKETCH, type Handle, type Proposal, type Tool, type ToolContext } from './tool';

export type VertexState =
  | { kind: 'idle'; over: Handle | null; picked: Position | null }
  | { kind: 'dragging'; handle: Handle; to: Position; outer: boolean };

const idle: VertexState = { kind: 'idle', over: null, picked: null };
const REACH_PX = 11;
/** More handles than this hide what they are to change: zoom in. */
const MOST = 500;
/** Closer together than this, middles are left out. */
const APART_PX = 26;

/** The corners in view, and the middles of sides that are long enough on the screen. */
export function handlesOf(region: Region, box: Box, metresPerPixel: number, context: ToolContext): Handle[] {
  const handles: Handle[] = [];
  for (const polygon of region) {
    for (const ring of polygon) {
      for (let k = 0; k + 1 < ring.length; k += 1) {
        const [from, to] = [ring[k], ring[k + 1]];
        if (!from || !to) continue;
        if (inBox(from, box)) handles.push({ at: from, kind: 'vertex' });
        const middle: Position = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
        if (inBox(middle, box) && distance(from, to, context.scale) > APART_PX * metresPerPixel) {
          handles.push({ at: middle, kind: 'midpoint' });
        }
      }
    }
  }
  return handles.length > MOST ? [] : handles;
}

function handleAt(p: Position, context: ToolContext): Handle | null {
  if (context.selected === null) return null;
  const reach = REACH_PX * context.metresPerPixel;
  const near = handlesOf(context.region(context.selected), context.box, context.metresPerPixel, context)
    .map((handle) => ({ handle, off: distance(p, handle.at, context.scale) }))
    .filter(({ off }) => off <= reach)
    // A corner wins over the middle beside it.
    .sort((a, b) => Number(a.handle.kind === 'midpoint') - Number(b.handle.kind === 'midpoint') || a.off - b.off);
  return near[0]?.handle ?? null;
}

function editOf(handle: Handle, to: Position, outer: boolean): Edit {
  return handle.kind === 'midpoint'
    ? { edit: 'insert_vertex', on: rounded(handle.at), to: rounded(to) }
    : { edit: 'move_vertex', from: handle.at, to: rounded(to), ...(outer ? { outer } : {}) };
}

const moving = (handle: Handle, to: Position, outer: boolean): Proposal => ({
  kind: 'redraw',
  edits: [editOf(handle, to, outer)],
});

export const vertex: Tool<VertexState> = {
  start: idle,
  step: (state, input, context) => {
    if (input.kind === 'key') {
      if (input.key === 'Escape') return { state: idle, price: null };
      const at =
        state.kind === 'idle' ? (state.picked ?? (state.over?.kind === 'vertex' ? state.over.at : null)) : null;
      if ((input.key === 'Delete' || input.key === 'Backspace') && at) {
        return { state: idle, price: null, commit: { kind: 'redraw', edits: [{ edit: 'delete_vertex', at }] } };
      }
      return { state };
    }
    if (state.kind === 'idle') {
      const handle = handleAt(input.at, context);
      if (input.kind === 'down' && handle) {
        return { state: { kind: 'dragging', handle, to: handle.at, outer: input.shift } };
      }
      if (input.kind === 'move') return { state: { ...state, over: handle } };
      if (input.kind === 'tap' && !handle) return { state: idle, select: context.gridAt(input.at) };
      return { state };
    }
    const to = context.snap(input.at, state.handle.at);
    const isMoved = distance(state.handle.at, to, context.scale) > 2 * context.metresPerPixel;
    if (input.kind === 'move') {
      const price = isMoved ? moving(state.handle, to, state.outer) : null;
      return { state: { ...state, to }, price };
    }
    if (input.kind === 'up' || input.kind === 'tap') {
      if (!isMoved) {
        const picked = state.handle.kind === 'vertex' ? state.handle.at : null;
        return { state: { kind: 'idle', over: null, picked }, price: null };
      }
      return { state: idle, price: null, commit: moving(state.handle, to, state.outer) };
    }
    return { state };
  },
  sketch: (state, context) => {
    if (context.selected === null) return EMPTY_SKETCH;
    const region = context.region(context.selected);
    if (state.kind === 'dragging') {
      return {
        ...EMPTY_SKETCH,
        lines: besides(region, state.handle, state.to),
        handles: [{ at: state.to, kind: 'picked' }],
      };
    }
    const handles = handlesOf(region, context.box, context.metresPerPixel, context);
    const { picked } = state;
    return { ...EMPTY_SKETCH, handles: picked ? [...handles, { at: picked, kind: 'picked' }] : handles };
  },
  isDragging: (state) => state.kind === 'dragging',
  isPending: (state) => state.kind === 'dragging',
};

/** The two sides that a dragged corner pulls along. */
function besides(region: Region, handle: Handle, to: Position): Position[][] {
  const same = (a: Position | undefined, b: Position) => a !== undefined && a[0] === b[0] && a[1] === b[1];
  for (const ring of region.flat()) {
    const open = ring.slice(0, -1);
    for (let k = 0; k < open.length; k += 1) {
      const [before, here, after] = [open.at(k - 1), open[k], open[(k + 1) % open.length]];
      if (!before || !here || !after) continue;
      if (handle.kind === 'vertex' && same(here, handle.at)) return [[before, to, after]];
      const middle: Position = [(here[0] + after[0]) / 2, (here[1] + after[1]) / 2];
      if (handle.kind === 'midpoint' && same(middle, handle.at)) return [[here, to, after]];
    }
  }
  return [];
}
