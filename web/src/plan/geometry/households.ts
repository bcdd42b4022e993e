// The households of a draft by grid and by place, so that a drag looks at a few dozen of them only.
import type { HouseholdCollection, Moved, Position, Region } from '../../api/plan-types';
import { boxOfRegion, distance, inBox, isInside, toSegment, type Box, type Scale } from './planar';

export interface Home {
  id: string;
  at: Position;
  persons: number;
  /** Where it lies in the draft and where it lies today. */
  grid: string | null;
  today: string | null;
}

/** Cells of the index, degrees: about two hundred metres. */
const CELL = 0.002;
/** Whole numbers make cheaper keys than text; no area spans more columns than this. */
const COLUMNS = 400_000;
const cellOf = (x: number, y: number): number => Math.floor(y / CELL) * COLUMNS + Math.floor(x / CELL);

export class Households {
  private readonly byCell = new Map<number, Home[]>();
  private readonly byId = new Map<string, Home>();
  private readonly byGrid = new Map<string, Set<Home>>();

  constructor(collection: HouseholdCollection | null) {
    for (const { geometry, properties } of collection?.features ?? []) {
      // A household without a position is in no grid that a tool could take it from.
      if (!(geometry as unknown)) continue;
      const home: Home = {
        id: properties.id,
        at: geometry.coordinates as Position,
        persons: properties.persons,
        grid: properties.grid,
        today: properties.grid_today,
      };
      this.byId.set(home.id, home);
      this.file(home);
      const key = cellOf(...home.at);
      const here = this.byCell.get(key);
      if (here) here.push(home);
      else this.byCell.set(key, [home]);
    }
  }

  get size(): number {
    return this.byId.size;
  }

  all(): Iterable<Home> {
    return this.byId.values();
  }

  get(id: string): Home | null {
    return this.byId.get(id) ?? null;
  }

  in(grid: string): ReadonlySet<Home> {
    return this.byGrid.get(grid) ?? new Set();
  }

  move(moved: readonly Moved[]): void {
    for (const { household, to } of moved) {
      const home = this.byId.get(household);
      if (!home) continue;
      if (home.grid !== null) this.byGrid.get(home.grid)?.delete(home);
      home.grid = to;
      this.file(home);
    }
  }

  private file(home: Home): void {
    if (home.grid === null) return;
    const here = this.byGrid.get(home.grid);
    if (here) here.add(home);
    else this.byGrid.set(home.grid, new Set([home]));
  }

  /** Those of a grid within the radius of a segment. */
  along(grid: string, a: Position, b: Position, radius_m: number, scale: Scale): Home[] {
    const found: Home[] = [];
    for (const home of this.in(grid)) if (toSegment(home.at, a, b, scale) <= radius_m) found.push(home);
    return found;
  }

  within(region: Region): Home[] {
    const box = boxOfRegion(region);
    const found: Home[] = [];
    for (const home of this.inside(box)) {
      if (inBox(home.at, box) && isInside(home.at, region)) found.push(home);
    }
    return found;
  }

  /** Those in the cells that the box touches. */
  private *inside([west, south, east, north]: Box): Generator<Home> {
    const columns = Math.floor(east / CELL) - Math.floor(west / CELL);
    const rows = Math.floor(north / CELL) - Math.floor(south / CELL);
    if (columns * rows > this.byId.size) {
      yield* this.byId.values();
      return;
    }
    for (let j = 0; j <= rows; j += 1) {
      const row = cellOf(west, south + j * CELL);
      for (let i = 0; i <= columns; i += 1) yield* this.byCell.get(row + i) ?? [];
    }
  }

  nearest(p: Position, reach_m: number, scale: Scale): Home | null {
    let best: { home: Home; off: number } | null = null;
    const [dx, dy] = [reach_m / scale.x, reach_m / scale.y];
    for (const home of this.inside([p[0] - dx, p[1] - dy, p[0] + dx, p[1] + dy])) {
      const off = distance(home.at, p, scale);
      if (off <= reach_m && (best === null || off < best.off)) best = { home, off };
    }
    return best?.home ?? null;
  }
}

export const personsOf = (homes: readonly Home[]): number => homes.reduce((sum, home) => sum + home.persons, 0);
