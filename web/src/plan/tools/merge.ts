// Merge two neighbours: the first click says which grid stays, the second which one goes into it.
import { EMPTY_SKETCH, type Proposal, type Tool, type ToolContext } from './tool';

export interface MergeState {
  into: string | null;
  over: string | null;
}

const idle: MergeState = { into: null, over: null };

function proposal(into: string | null, from: string | null, context: ToolContext): Proposal | null {
  if (into === null || from === null || into === from || !context.areNeighbours(into, from)) return null;
  return { kind: 'redraw', edits: [{ edit: 'merge', from, into }] };
}

export const merge: Tool<MergeState> = {
  start: idle,
  step: (state, input, context) => {
    if (input.kind === 'key') return input.key === 'Escape' ? { state: idle, price: null, select: null } : { state };
    const over = context.gridAt(input.at);
    if (input.kind === 'move') {
      // Priced once a grid, not once a pixel.
      return over === state.over
        ? { state }
        : { state: { ...state, over }, price: proposal(state.into, over, context) };
    }
    if (input.kind !== 'tap') return { state };
    const commit = proposal(state.into, over, context);
    if (commit) return { state: idle, price: null, commit, select: state.into };
    return { state: { into: over, over }, select: over };
  },
  sketch: ({ into, over }) => ({ ...EMPTY_SKETCH, marked: [into, over].filter((id) => id !== null) }),
  isDragging: () => false,
  isPending: ({ into }) => into !== null,
};
