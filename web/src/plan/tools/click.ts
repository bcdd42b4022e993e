// Click single households (with Shift: whole micro-grids) and give them to the selected grid.
import type { Home } from '../geometry/households';
import { EMPTY_SKETCH, type Proposal, type Tool, type ToolContext } from './tool';

export interface ClickState {
  homes: readonly Home[];
  microgrids: readonly string[];
}

const idle: ClickState = { homes: [], microgrids: [] };

function toggled<T>(list: readonly T[], item: T): T[] {
  return list.includes(item) ? list.filter((each) => each !== item) : [...list, item];
}

function proposal({ homes, microgrids }: ClickState, to: string | null): Proposal | null {
  if (to === null) return null;
  if (microgrids.length > 0) return { kind: 'redraw', edits: [{ edit: 'reparent', places: [...microgrids], to }] };
  const others = homes.filter(({ grid }) => grid !== to);
  return others.length > 0 ? { kind: 'flip', households: others, to } : null;
}

/** Households and micro-grids are moved in different ways: one kind at a time. */
function added(state: ClickState, at: [number, number], whole: boolean, context: ToolContext): ClickState | null {
  const home = whole ? null : context.householdNear(at);
  if (home) return { homes: toggled(state.homes, home), microgrids: [] };
  const micro = whole ? context.microgridAt(at) : null;
  return micro ? { homes: [], microgrids: toggled(state.microgrids, micro.id) } : null;
}

export const click: Tool<ClickState> = {
  start: idle,
  step: (state, input, context) => {
    if (input.kind === 'key') {
      if (input.key === 'Escape') return { state: idle, price: null };
      const commit = input.key === 'Enter' ? proposal(state, context.selected) : null;
      return commit ? { state: idle, price: null, commit } : { state };
    }
    if (input.kind !== 'tap') return { state };
    const next = added(state, input.at, input.shift, context);
    if (next) return { state: next, price: proposal(next, context.selected) };
    const to = context.gridAt(input.at);
    return { state, select: to, price: proposal(state, to) };
  },
  sketch: ({ homes, microgrids }) => ({ ...EMPTY_SKETCH, taken: homes, marked: microgrids }),
  isDragging: () => false,
  isPending: ({ homes, microgrids }) => homes.length + microgrids.length > 0,
};
