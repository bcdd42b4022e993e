// Look at grids: the one under the pointer is marked, a tap chooses it.
import { EMPTY_SKETCH, type Tool } from './tool';

export interface SelectState {
  over: string | null;
}

export const select: Tool<SelectState> = {
  start: { over: null },
  step: (state, input, context) => {
    if (input.kind === 'key') return input.key === 'Escape' ? { state, select: null } : { state };
    if (input.kind === 'move') return { state: { over: context.gridAt(input.at) } };
    if (input.kind === 'tap') return { state, select: context.gridAt(input.at) };
    return { state };
  },
  sketch: ({ over }) => (over === null ? EMPTY_SKETCH : { ...EMPTY_SKETCH, marked: [over] }),
  isDragging: () => false,
  isPending: () => false,
};
