// Tools that draw a line point by point: one splits the grid that the line crosses, the other lays the border between two
// grids along it. Points snap to borders and to reference lines (roads, rivers).
import type { Position } from '../../api/plan-types';
import { sidesOf } from '../geometry/borders';
import { distance, rounded } from '../geometry/planar';
import { commonest } from './area';
import { EMPTY_SKETCH, type Proposal, type Tool, type ToolContext } from './tool';

export interface LineState {
  points: Position[];
  /** Where the next point would be. */
  next: Position | null;
}

const idle: LineState = { points: [], next: null };
const SAMPLES = 24;

/** Points evenly along the line, its ends left out: they lie on borders. */
function inner(line: readonly Position[]): Position[] {
  return line.slice(1).flatMap((to, k) => {
    const from = line[k] ?? to;
    return Array.from({ length: SAMPLES }, (_, i): Position => {
      const t = (i + 0.5) / SAMPLES;
      return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t];
    });
  });
}

function splitProposal(line: Position[], context: ToolContext): Proposal | null {
  const place = commonest(inner(line).map(context.gridAt));
  if (place === null || line.length < 2) return null;
  const id = context.newId();
  return {
    kind: 'redraw',
    edits: [{ edit: 'split', place, line, new: { id }, cut_below: true }],
    places: { [id]: { name: context.newName(place) } },
  };
}

/** The two grids are those on either side of where the line begins, or those that it runs through most. */
function redrawProposal(line: Position[], context: ToolContext): Proposal | null {
  const [first] = line;
  if (!first || line.length < 2) return null;
  const start = sidesOf(context.borderNear(first));
  const through = inner(line).map(context.gridAt);
  const most = commonest(through);
  const second = commonest(through.map((id) => (id === most ? null : id)));
  const [a, b] = start ?? [most, second];
  if (a === null || b === null) return null;
  return { kind: 'redraw', edits: [{ edit: 'redraw', a, b, line }] };
}

function lineTool(propose: (line: Position[], context: ToolContext) => Proposal | null): Tool<LineState> {
  const finish = (points: Position[], context: ToolContext) => {
    const commit = propose(points, context);
    return { state: idle, price: null, ...(commit ? { commit } : {}) };
  };
  return {
    start: idle,
    step: (state, input, context) => {
      if (input.kind === 'key') {
        if (input.key === 'Escape') return { state: idle, price: null };
        if (input.key === 'Enter') return state.points.length > 1 ? finish(state.points, context) : { state };
        const points = state.points.slice(0, -1);
        return { state: { ...state, points }, price: points.length > 1 ? propose(points, context) : null };
      }
      const at = rounded(context.snap(input.at));
      if (input.kind === 'move') {
        const line = [...state.points, at];
        return { state: { ...state, next: at }, ...(line.length > 1 ? { price: propose(line, context) } : {}) };
      }
      if (input.kind === 'double') return state.points.length > 1 ? finish(state.points, context) : { state };
      if (input.kind !== 'tap') return { state };
      const last = state.points.at(-1);
      // The second click of a double click falls on the first.
      if (last && distance(last, at, context.scale) < 3 * context.metresPerPixel) return { state };
      const points = [...state.points, at];
      return { state: { points, next: at }, price: points.length > 1 ? propose(points, context) : null };
    },
    sketch: ({ points, next }) => ({
      ...EMPTY_SKETCH,
      lines: points.length > 0 ? [next ? [...points, next] : points] : [],
      handles: [
        ...points.map((at) => ({ at, kind: 'vertex' as const })),
        ...(next ? [{ at: next, kind: 'picked' as const }] : []),
      ],
    }),
    isDragging: () => false,
    isPending: ({ points }) => points.length > 0,
  };
}

export const split = lineTool(splitProposal);
export const redraw = lineTool(redrawProposal);
