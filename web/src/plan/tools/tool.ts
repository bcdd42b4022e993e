// What every tool of the planner is: a state machine without side effects. Pointer and keys go in; out come what to show,
// what to price and what to do. Neither the map nor the network is known here.
import type { Box, Scale } from '../geometry/planar';
import type { BorderHit } from '../geometry/borders';
import type { Home, Households } from '../geometry/households';
import type { Edit, Lock, Moved, Position, Region } from '../../api/plan-types';

export interface PointerInput {
  kind: 'down' | 'move' | 'up' | 'tap' | 'double';
  at: Position;
  shift: boolean;
}
export type ToolKey = 'Escape' | 'Enter' | 'Delete' | 'Backspace';
export type ToolInput = PointerInput | { kind: 'key'; key: ToolKey };

/** What a tool may ask about the draft. Reaches are a few pixels, turned into metres by whoever knows the zoom. */
export interface ToolContext {
  scale: Scale;
  metresPerPixel: number;
  /** What the map shows, so that handles outside need not be drawn. */
  box: Box;
  selected: string | null;
  /** The radius of the brush and of a dragged border, metres. */
  radius_m: number;
  homes: Households;
  gridAt: (p: Position) => string | null;
  microgridAt: (p: Position) => { id: string; parent: string | null } | null;
  borderNear: (p: Position) => BorderHit | null;
  vertexNear: (p: Position) => Position | null;
  householdNear: (p: Position) => Home | null;
  /** On a vertex or a reference line nearby; the point itself where there is none. */
  snap: (p: Position, except?: Position) => Position;
  region: (grid: string) => Region;
  parent: (grid: string) => string | null;
  /** The other grids of the same village. */
  siblings: (grid: string) => string[];
  areNeighbours: (a: string, b: string) => boolean;
  isLocked: (lock: Lock) => boolean;
  newId: () => string;
  /** What a new grid is called until somebody names it. */
  newName: (beside: string) => string;
}

/** A change before it is made: it can be priced, and then done. */
export type Proposal =
  | { kind: 'flip'; households: Home[]; to: string }
  | { kind: 'redraw'; edits: Edit[]; places?: Record<string, { name: string }> }
  | { kind: 'lock'; lock: Lock; locks: boolean };

export interface Handle {
  at: Position;
  kind: 'vertex' | 'midpoint' | 'picked';
}

/** What a tool draws over the map. */
export interface Sketch {
  lines: Position[][];
  areas: Position[][];
  handles: Handle[];
  /** Households that would go to another grid. */
  taken: readonly Home[];
  /** Grids that the pointer means. */
  marked: readonly string[];
}
export const EMPTY_SKETCH: Sketch = { lines: [], areas: [], handles: [], taken: [], marked: [] };

export interface Step<S> {
  state: S;
  /** To be priced while the pointer rests or drags; null takes the price away. Left out: as it was. */
  price?: Proposal | null;
  commit?: Proposal;
  select?: string | null;
}

export interface Tool<S> {
  start: S;
  step: (state: S, input: ToolInput, context: ToolContext) => Step<S>;
  sketch: (state: S, context: ToolContext) => Sketch;
  /** Whether the pointer's drag is the tool's: the map must not pan. */
  isDragging: (state: S) => boolean;
  /** Whether something waits to be finished or given up. */
  isPending: (state: S) => boolean;
}

/** What the page does with a tool, whatever its states are. */
export interface Runner {
  input: (input: ToolInput, context: ToolContext) => Omit<Step<unknown>, 'state'>;
  sketch: (context: ToolContext) => Sketch;
  isDragging: () => boolean;
  isPending: () => boolean;
}

export function run<S>(tool: Tool<S>): Runner {
  let state = tool.start;
  return {
    input: (input, context) => {
      const { state: next, ...effects } = tool.step(state, input, context);
      state = next;
      return effects;
    },
    sketch: (context) => tool.sketch(state, context),
    isDragging: () => tool.isDragging(state),
    isPending: () => tool.isPending(state),
  };
}

/** Who would move, as far as it can be told here: the server's price follows, but a drag must answer at once. */
export function movedBy(proposal: Proposal, homes: Households): Moved[] {
  if (proposal.kind === 'lock') return [];
  if (proposal.kind === 'flip') return proposal.households.map((home) => moved(home, proposal.to));
  const gone = new Map<string, Moved>();
  for (const edit of proposal.edits) {
    for (const each of movedByEdit(edit, homes)) gone.set(each.household, each);
  }
  return [...gone.values()];
}

function movedByEdit(edit: Edit, homes: Households): Moved[] {
  if (edit.edit === 'merge') return [...homes.in(edit.from)].map((home) => moved(home, edit.into));
  if (edit.edit !== 'transfer' && edit.edit !== 'create') return [];
  const to = edit.edit === 'transfer' ? edit.to : edit.new.id;
  const from = edit.edit === 'transfer' ? edit.from : undefined;
  return homes
    .within(edit.region)
    .filter(({ grid }) => grid !== to && (from === undefined || (grid !== null && from.includes(grid))))
    .map((home) => moved(home, to));
}

const moved = ({ id, grid, persons }: Home, to: string): Moved => ({ household: id, from: grid, to, persons });
