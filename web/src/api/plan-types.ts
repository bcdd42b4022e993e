// The planner's wire types, written by hand after the HTTP contract until the OpenAPI document has them.
import type { Feature, FeatureCollection, LineString, MultiPolygon, Point, Polygon } from 'geojson';
import type { Level } from './types';

/** Degrees, WGS 84, longitude first. */
export type Position = [lon: number, lat: number];
export type Region = Position[][][];

export type PlanState = 'draft' | 'in_review' | 'approved' | 'scheduled' | 'published' | 'withdrawn';

export interface PlanSummary {
  id: string;
  name: string;
  state: PlanState;
  /** The version of the boundaries that the draft set out from. */
  base: number;
  origin: { plan: string; seq: number } | null;
  created_at: string;
  created_by: string;
  changed_at: string;
  /** The last entry of the log. */
  seq: number;
}

export type Lock =
  | { lock: 'place'; place: string }
  | { lock: 'border'; a: string; b: string }
  | { lock: 'household'; household: string };

export interface Snapshot {
  name: string;
  state: number;
  seq: number;
}

export interface Plan extends PlanSummary {
  /** The state that the draft is in; undo and redo move it. */
  head: number;
  can_undo: boolean;
  can_redo: boolean;
  level: 'grid' | 'village';
  entries: Entry[];
  states: { seq: number; parent: number | null }[];
  snapshots: Snapshot[];
  locks: Lock[];
  published: { version: number; valid_from: string }[];
  /** The day that it waits for. */
  scheduled: string | null;
  shared: boolean;
  latest_version: number;
  mended: { kind: string; lon: number; lat: number; area_m2: number; places: string[] }[];
}

export interface Entry {
  seq: number;
  at: string;
  author: string;
  why: string | null;
  body: Body;
}

export type Edit =
  | { edit: 'move_vertex'; from: Position; to: Position; outer?: boolean }
  | { edit: 'insert_vertex'; on: Position; to: Position }
  | { edit: 'delete_vertex'; at: Position }
  | { edit: 'redraw'; a: string; b: string; line: Position[] }
  | { edit: 'split'; place: string; line: Position[]; new: { id: string }; cut_below?: boolean }
  | { edit: 'merge'; from: string; into: string }
  | { edit: 'transfer'; region: Region; to: string; from?: string[] }
  | { edit: 'reparent'; places: string[]; to: string }
  | { edit: 'simplify'; place: string; method: 'visvalingam' | 'douglas_peucker'; tolerance_m: number }
  | { edit: 'smooth'; place: string; rounds: number }
  | { edit: 'create'; new: { id: string }; level: Level; parent: string; region: Region }
  | { edit: 'retire'; place: string; to?: string };

export type Operation =
  | { operation: 'redraw'; edits: Edit[]; places?: Record<string, { name: string; kind?: string }> }
  | { operation: 'describe'; place: string; name?: string; kind?: string }
  | { operation: 'appoint'; place: string; person: string | null }
  | { operation: 'lock' | 'unlock'; lock: Lock };

export type Body =
  | ({ do: 'operate' } & Operation)
  | { do: 'undo' | 'redo' | 'submit' | 'approve' | 'return' | 'withdraw' | 'resume' }
  | { do: 'go'; to: number }
  | { do: 'snapshot'; name: string }
  | { do: 'comment'; text: string; at?: Position; place?: string }
  | { do: 'rename'; name: string };

export interface Figures {
  households: number;
  persons: number;
  visits: number;
  reports: number;
  patrols: number;
  /** Weighted events of the past twelve months. */
  load: number;
  worker_days: number;
  workers: number;
  /** Weighted events a worker and day; null without anybody on post. */
  workload: number | null;
  reports_month: number | null;
  visits_per_worker: number | null;
  response_h: number | null;
  response_n: number;
  walk_min: number | null;
  squares: number;
  /** The share of households with a square in walking distance. */
  reach: number | null;
  area_m2: number;
  parts: number;
  parts_on_foot: number;
  compactness: { polsby_popper: number; reock: number; hull: number } | null;
  households_moved: number;
  persons_moved: number;
  persons_with_new_worker: number;
}

/** How unevenly something is spread over the grids. */
export interface Spread {
  gini: number | null;
  cv: number | null;
  max_mean: number | null;
  n: number;
}

export interface Totals {
  grids: number;
  households: number;
  persons: number;
  households_moved: number;
  persons_moved: number;
  persons_with_new_worker: number;
  workload: Spread | null;
  load: Spread | null;
  spread_households: Spread | null;
  walk_min: number | null;
  polsby_popper: number | null;
  broken: number;
  broken_on_foot: number;
  without_worker: number;
  without_household: number;
}

export interface FiguresOf {
  places: Record<string, Figures>;
  totals: Totals;
}
export interface PlanFigures {
  today: FiguresOf;
  draft: FiguresOf;
  seq: number;
}

export interface PlaceProperties {
  id: string;
  level: Level;
  parent: string | null;
  code: string | null;
  name: string;
  kind: string | null;
  new: boolean;
  changed: boolean;
  locked: boolean;
}
export type PlaceFeature = Feature<Polygon | MultiPolygon, PlaceProperties>;
export type PlaceCollection = FeatureCollection<Polygon | MultiPolygon, PlaceProperties>;
export type HouseholdCollection = FeatureCollection<
  Point,
  { id: string; grid: string | null; grid_today: string | null; persons: number }
>;
export type ReferenceCollection = FeatureCollection<
  LineString,
  { id: string; kind: 'road' | 'path' | 'river' | 'cliff' | 'other'; barrier: boolean; name: string | null }
>;

export interface Moved {
  household: string;
  from: string | null;
  to: string | null;
  persons: number;
}

export interface Outcome {
  seq: number;
  head: number;
  can_undo: boolean;
  can_redo: boolean;
  state: PlanState;
  entries: Entry[];
  moved: Moved[];
  figures: Record<string, Figures | null>;
  totals: Totals;
  places: PlaceCollection;
  removed: string[];
}

export interface PlanProblem {
  kind: string;
  severity: 'error' | 'warning';
  place: string | null;
  name: string | null;
  lon: number;
  lat: number;
  text_zh: string;
  text_en: string;
  count: number | null;
}

export interface NextMove {
  households: string[];
  from: string;
  to: string;
  persons: number;
  delta: {
    max_mean: number;
    cv: number;
    walk_min: number;
    polsby_popper: number;
    persons_with_new_worker: number;
    workload_max: number;
  };
  lon: number;
  lat: number;
}

interface Apart {
  households: number;
  persons: number;
  share: number;
}
export interface Comparison {
  a: string;
  b: string;
  hamming: Apart;
  hamming_matched: Apart;
  variation_of_information: number;
  flows: {
    from: string | null;
    from_name: string | null;
    to: string | null;
    to_name: string | null;
    households: number;
    persons: number;
  }[];
  places: {
    id: string;
    name: string;
    in_a: boolean;
    in_b: boolean;
    households_a: number;
    households_b: number;
    workload_a: number | null;
    workload_b: number | null;
  }[];
  persons_with_new_worker: number;
  moved_ground: FeatureCollection;
}

export type Load = 'load' | 'households' | 'persons' | 'reports' | 'visits';
export type Atoms = 'households' | 'buildings' | 'microgrids';

export interface BalanceRequest {
  loads: { load: Load; weight: number }[];
  tolerance: number;
  villages?: string[];
  parts?: Record<string, number>;
  free?: boolean;
  atoms: Atoms;
  max_moved_share?: number;
  seed: number;
  seconds: number;
  by: string;
}

export interface Candidate {
  id: string;
  imbalance: number;
  cv: number;
  travel_m: number;
  moved_households: number;
  moved_share: number;
  cut_m: number;
  mean_polsby_popper?: number;
  /** The draft as it is. */
  is_draft?: boolean;
}

export interface BalanceJob {
  state: 'running' | 'done' | 'cancelled' | 'failed';
  elapsed_ms: number;
  iterations: number;
  villages: {
    id: string;
    name: string;
    bound: number | null;
    reached: number | null;
    gap: number | null;
    infeasible: string | null;
  }[];
  front: Candidate[];
  curve: { moved: number; imbalance: number }[];
}

export interface CandidateDetail {
  households: { household: string; to: string }[];
  places: PlaceCollection;
}

export interface Published {
  /** Null while it waits for its day. */
  version: number | null;
  valid_from: string;
  households_moved: number;
  scheduled: boolean;
}
