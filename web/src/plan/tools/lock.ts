// Lock what must not change, or unlock it: the household, the border or the grid under the pointer, in this order.
import type { Lock, Position } from '../../api/plan-types';
import { sidesOf } from '../geometry/borders';
import { EMPTY_SKETCH, type Sketch, type Tool, type ToolContext } from './tool';

export interface LockState {
  over: { lock: Lock; sketch: Sketch } | null;
}

function lockAt(at: Position, context: ToolContext): LockState['over'] {
  const home = context.householdNear(at);
  if (home) return { lock: { lock: 'household', household: home.id }, sketch: { ...EMPTY_SKETCH, taken: [home] } };
  const hit = context.borderNear(at);
  const sides = sidesOf(hit);
  if (hit && sides) {
    const [a, b] = sides;
    return { lock: { lock: 'border', a, b }, sketch: { ...EMPTY_SKETCH, lines: [hit.segment] } };
  }
  const place = context.gridAt(at);
  return place === null ? null : { lock: { lock: 'place', place }, sketch: { ...EMPTY_SKETCH, marked: [place] } };
}

export const lock: Tool<LockState> = {
  start: { over: null },
  step: (state, input, context) => {
    if (input.kind === 'key') return { state };
    const over = lockAt(input.at, context);
    if (input.kind === 'move') return { state: { over } };
    if (input.kind !== 'tap' || !over) return { state };
    return { state: { over }, commit: { kind: 'lock', lock: over.lock, locks: !context.isLocked(over.lock) } };
  },
  sketch: ({ over }) => over?.sketch ?? EMPTY_SKETCH,
  isDragging: () => false,
  isPending: () => false,
};

export function sameLock(a: Lock, b: Lock): boolean {
  if (a.lock === 'border' && b.lock === 'border') {
    return (a.a === b.a && a.b === b.b) || (a.a === b.b && a.b === b.a);
  }
  if (a.lock === 'place' && b.lock === 'place') return a.place === b.place;
  return a.lock === 'household' && b.lock === 'household' && a.household === b.household;
}
