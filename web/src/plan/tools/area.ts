// Tools that take ground for a grid: the brush paints it, the lasso and the rectangle enclose it. And the lasso that makes
// a new grid of it.
import type { Edit, Position, Region } from '../../api/plan-types';
import { distance, rectangle, ringOf, simplified, stadium } from '../geometry/planar';
import { EMPTY_SKETCH, movedBy, type Proposal, type Sketch, type Tool, type ToolContext } from './tool';

type Shape = 'brush' | 'lasso' | 'rectangle' | 'create';

export type AreaState =
  | { kind: 'idle'; at: Position | null }
  | { kind: 'drawing'; path: Position[]; to: string | null }
  /** Enclosed, but nobody said for which grid: the next tap does. */
  | { kind: 'enclosed'; region: Region };

const idle: AreaState = { kind: 'idle', at: null };

/** Points closer together than this say nothing more. */
const STEP_PX = 3;

/** A stroke as ground: one convex piece a segment, each an edit of its own, so that no piece overlaps itself. */
function painted(path: readonly Position[], context: ToolContext): Position[][] {
  const { radius_m, scale } = context;
  const short = simplified(path, radius_m / 6, scale);
  const [first] = short;
  if (!first) return [];
  if (short.length === 1) return [stadium(first, first, radius_m, scale)];
  return short.slice(1).map((to, k) => stadium(short[k] ?? to, to, radius_m, scale));
}

function enclosed(shape: Shape, path: readonly Position[], context: ToolContext): Region | null {
  const [first] = path;
  const last = path.at(-1);
  if (!first || !last) return null;
  if (shape === 'rectangle') {
    return distance(first, last, context.scale) < 4 * context.metresPerPixel ? null : rectangle(first, last);
  }
  return ringOf(simplified(path, context.metresPerPixel * 1.5, context.scale));
}

/** Ground comes from the same village only: a border of villages is not moved by a brush. */
const transfer = (region: Region, to: string, context: ToolContext): Edit => ({
  edit: 'transfer',
  region,
  to,
  from: context.siblings(to),
});

function proposalOf(shape: Shape, path: readonly Position[], to: string | null, context: ToolContext): Proposal | null {
  if (shape === 'brush') {
    if (to === null) return null;
    return { kind: 'redraw', edits: painted(path, context).map((ring) => transfer([[ring]], to, context)) };
  }
  const region = enclosed(shape, path, context);
  if (!region) return null;
  if (shape === 'create') return creation(region, path, context);
  return to === null ? null : { kind: 'redraw', edits: [transfer(region, to, context)] };
}

function creation(region: Region, path: readonly Position[], context: ToolContext): Proposal | null {
  const under = commonest(path.map(context.gridAt));
  const parent = under === null ? null : context.parent(under);
  if (under === null || parent === null) return null;
  const id = context.newId();
  return {
    kind: 'redraw',
    edits: [{ edit: 'create', new: { id }, level: 'grid', parent, region }],
    places: { [id]: { name: context.newName(under) } },
  };
}

export function commonest(ids: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const id of ids) if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

function areaTool(shape: Shape): Tool<AreaState> {
  return {
    start: idle,
    step: (state, input, context) => {
      if (input.kind === 'key') return input.key === 'Escape' ? { state: idle, price: null } : { state };
      if (state.kind === 'enclosed') {
        const to = context.gridAt(input.at);
        const proposal: Proposal | null =
          to === null ? null : { kind: 'redraw', edits: [transfer(state.region, to, context)] };
        if (input.kind === 'move') return { state, price: proposal };
        if (input.kind === 'tap' && proposal) return { state: idle, price: null, commit: proposal, select: to };
        return { state };
      }
      if (state.kind === 'idle') {
        if (input.kind === 'move') return { state: { kind: 'idle', at: input.at } };
        if (input.kind !== 'down') return { state };
        // Without a selection the brush extends the grid in which the stroke begins.
        const to = context.selected ?? (shape === 'brush' ? context.gridAt(input.at) : null);
        return { state: { kind: 'drawing', path: [input.at], to }, ...(shape === 'brush' ? { select: to } : {}) };
      }
      if (input.kind === 'move') {
        const last = state.path.at(-1) ?? input.at;
        if (distance(last, input.at, context.scale) < STEP_PX * context.metresPerPixel) return { state };
        const path = [...state.path, input.at];
        return { state: { ...state, path }, price: proposalOf(shape, path, state.to, context) };
      }
      if (input.kind !== 'up' && input.kind !== 'tap') return { state };
      const proposal = proposalOf(shape, state.path, state.to, context);
      if (proposal) return { state: idle, price: null, commit: proposal };
      const region = shape === 'brush' || shape === 'create' ? null : enclosed(shape, state.path, context);
      if (region) return { state: { kind: 'enclosed', region }, price: null };
      // Nothing enclosed: it was a tap, which chooses the grid that is to receive.
      return { state: idle, price: null, select: context.gridAt(input.at) };
    },
    sketch: (state, context): Sketch => {
      if (state.kind === 'idle') {
        const ring =
          shape === 'brush' && state.at ? [stadium(state.at, state.at, context.radius_m, context.scale)] : [];
        return { ...EMPTY_SKETCH, areas: ring };
      }
      if (state.kind === 'enclosed') return { ...EMPTY_SKETCH, areas: state.region.flat() };
      const proposal = proposalOf(shape, state.path, state.to, context);
      const taken = proposal
        ? movedBy(proposal, context.homes).flatMap(({ household }) => context.homes.get(household) ?? [])
        : [];
      return {
        ...EMPTY_SKETCH,
        areas: shape === 'brush' ? painted(state.path, context) : (enclosed(shape, state.path, context)?.flat() ?? []),
        lines: shape === 'brush' ? [] : shape === 'rectangle' ? [] : [state.path],
        taken,
        marked: state.to === null ? [] : [state.to],
      };
    },
    isDragging: (state) => state.kind === 'drawing',
    isPending: (state) => state.kind !== 'idle',
  };
}

export const brush = areaTool('brush');
export const lasso = areaTool('lasso');
export const rectangleTool = areaTool('rectangle');
export const create = areaTool('create');
