// Drag a border: the households that the pointer pushes over go to the grid on the other side, as in the redistricting
// plugin of Land Information New Zealand. What is taken depends on where the drag began and where it is now, not on the way
// between, so dragging back gives back.
import type { Position } from '../../api/plan-types';
import { sidesOf, type BorderHit } from '../geometry/borders';
import type { Home } from '../geometry/households';
import { distance, stadium } from '../geometry/planar';
import { EMPTY_SKETCH, type Proposal, type Sketch, type Tool, type ToolContext } from './tool';

export type BorderState =
  | { kind: 'idle'; hover: BorderHit | null }
  | { kind: 'dragging'; sides: [string, string]; from: Position; to: Position; radius_m: number; push: Push | null };

interface Push {
  winner: string;
  loser: string;
  taken: Home[];
}

/** A drag shorter than this many pixels is a trembling hand. */
const LEAST_PX = 4;

const idle: BorderState = { kind: 'idle', hover: null };

/** The grid that the pointer is in loses to the one on the other side. */
function pushed(sides: [string, string], from: Position, to: Position, radius_m: number, context: ToolContext) {
  if (distance(from, to, context.scale) < LEAST_PX * context.metresPerPixel) return null;
  const under = context.gridAt(to);
  // Beyond both: the side is that of the way there.
  const along = under !== null && sides.includes(under) ? under : context.gridAt(between(from, to));
  const loser = sides.find((side) => side === along);
  if (loser === undefined) return null;
  const winner = loser === sides[0] ? sides[1] : sides[0];
  return { winner, loser, taken: context.homes.along(loser, from, to, radius_m, context.scale) };
}

/** A tenth of the way: just beyond the border. */
const between = (a: Position, b: Position): Position => [a[0] + (b[0] - a[0]) * 0.1, a[1] + (b[1] - a[1]) * 0.1];

function proposal(push: Push | null): Proposal | null {
  return push && push.taken.length > 0 ? { kind: 'flip', households: push.taken, to: push.winner } : null;
}

export const border: Tool<BorderState> = {
  start: idle,
  step: (state, input, context) => {
    if (input.kind === 'key') return input.key === 'Escape' ? { state: idle, price: null } : { state };
    if (state.kind === 'idle') {
      const hit = context.borderNear(input.at);
      const sides = sidesOf(hit);
      if (input.kind === 'down' && hit && sides) {
        const { radius_m } = context;
        return { state: { kind: 'dragging', sides, from: hit.at, to: hit.at, radius_m, push: null } };
      }
      if (input.kind === 'tap') return { state, select: context.gridAt(input.at) };
      return input.kind === 'move' ? { state: { kind: 'idle', hover: hit } } : { state };
    }
    if (input.kind === 'move') {
      const { sides, from } = state;
      const push = pushed(sides, from, input.at, context.radius_m, context);
      return {
        state: { ...state, to: input.at, radius_m: context.radius_m, push },
        price: proposal(push),
      };
    }
    if (input.kind === 'up' || input.kind === 'tap') {
      const commit = proposal(state.push);
      return { state: idle, price: null, ...(commit ? { commit } : {}) };
    }
    return { state };
  },
  sketch: (state, context): Sketch => {
    if (state.kind === 'idle') {
      const { hover } = state;
      if (!hover || sidesOf(hover) === null) return EMPTY_SKETCH;
      return { ...EMPTY_SKETCH, lines: [hover.segment], handles: [{ at: hover.at, kind: 'picked' }] };
    }
    return {
      ...EMPTY_SKETCH,
      areas: [stadium(state.from, state.to, state.radius_m, context.scale)],
      taken: state.push?.taken ?? [],
      marked: state.sides,
    };
  },
  isDragging: (state) => state.kind === 'dragging',
  isPending: (state) => state.kind === 'dragging',
};
