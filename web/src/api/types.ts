// The wire types of the HTTP API, as `npm run api-types` generates them from openapi.json, under the names that the page
// uses. Where the document says no more than "string", the words that the server sends are written out here.
import type { components } from './schema';

type Schemas = components['schemas'];

/** The server leaves no field out: what the document calls optional arrives as null. */
type Wire<T> = T extends readonly (infer Item)[]
  ? Wire<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Wire<Exclude<T[Key], undefined>> }
    : T;

/** `T` with narrower fields; a field that `T` lacks, or that is no narrower, does not compile. */
type Narrow<T, Fields extends { [Key in keyof Fields]: Key extends keyof T ? T[Key] : never }> = Omit<T, keyof Fields> &
  Fields;

export type Level = 'village' | 'grid' | 'microgrid';
export type Unit = 'ratio' | 'count' | 'seconds' | 'events_per_worker_day' | 'index';
export type MetricGroup = 'coverage' | 'workload' | 'response';
export type NoValueReason = 'small_n' | 'not_reached' | 'no_data' | 'zero_total';

/** A base map under the grids, if the office has configured one. */
export type BaseMap = Wire<Schemas['BaseMapDto']>;
export type Area = Narrow<Wire<Schemas['AreaDto']>, { bbox: [number, number, number, number] | null }>;
export type Metric = Narrow<
  Wire<Schemas['MetricDto']>,
  { group: MetricGroup; unit: Unit; higher_is: 'better' | 'worse' | 'neutral' }
>;
export type MetricRow = Narrow<Wire<Schemas['FigureDto']>, { reason: NoValueReason | null }>;
export type Balance = Wire<Schemas['BalanceDto']>;
export type MetricTable = Narrow<Wire<Schemas['FiguresDto']>, { unit: Unit; rows: MetricRow[]; total: MetricRow[] }>;
export type PlaceRef = Wire<Schemas['PlaceRefDto']>;
export type Post = Wire<Schemas['PostDto']>;
export type SquareFacility = Narrow<Wire<Schemas['FacilityDto']>, { status: 'working' | 'faulty' | 'missing' }>;
export type CardSquare = Narrow<Wire<Schemas['SquareDto']>, { facilities: SquareFacility[] }>;
export type PlaceCard = Narrow<
  Wire<Schemas['PlaceDto']>,
  {
    level: Level;
    squares: CardSquare[];
    trends: { visit_rate: MetricRow[]; events: MetricRow[]; submit_to_close: MetricRow[] };
  }
>;
export type LayerInfo = Wire<Schemas['LayerDto']>;
/** RFC 9457. A proxy may answer in the server's place, so nothing of it is certain. */
export type Problem = Partial<Schemas['Problem']>;
