// The view as the query of a link, and back. Unknown or malformed parts fall back to the default, never fail.
import type { Level } from '../api/types';
import type { Sort, SortKey } from '../metric/rank';
import { isMonth } from './months';
import { parsePlan, writePlan } from './plan-view';
import { DEFAULT_VIEW, LAYERS, WINDOWS, type Camera, type LayerName, type Selection, type View } from './view';

function oneOf<T extends string>(text: string | null, allowed: readonly T[], fallback: T): T {
  return allowed.find((item) => item === text) ?? fallback;
}

function parseCamera(text: string | null): Camera | null {
  const [lng, lat, zoom] = (text ?? '').split(',').map((part) => (part === '' ? Number.NaN : Number(part)));
  if (lng === undefined || lat === undefined || zoom === undefined) return null;
  if (![lng, lat, zoom].every(Number.isFinite)) return null;
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 24 ? { lng, lat, zoom } : null;
}

function parseSelection(query: URLSearchParams): Selection {
  const place = query.get('place');
  if (place) return { kind: 'place', id: place };
  // With a plan it is the plan's own report that is asked for.
  const report = query.has('plan') ? null : query.get('report');
  return report ? { kind: 'report', id: report } : { kind: 'none' };
}

function parseLayers(text: string | null): readonly LayerName[] {
  if (text === null) return DEFAULT_VIEW.layers;
  const names = text.split(',');
  return LAYERS.filter((name) => names.includes(name));
}

/** "-n": by n, descending. */
function parseSort(text: string | null): Sort | null {
  const [, sign, name] = /^(-?)(\w+)$/.exec(text ?? '') ?? [];
  const key = (['value', 'n', 'name'] as const satisfies readonly SortKey[]).find((each) => each === name);
  return key ? { key, descending: sign === '-' } : null;
}

export function parseView(search: string, fallback: View = DEFAULT_VIEW): View {
  const query = new URLSearchParams(search);
  const month = query.get('month');
  const metric = query.get('metric');
  const window = WINDOWS.find((name) => name === query.get('period'));
  return {
    metric: metric !== null && /^[a-z0-9_]+$/.test(metric) ? metric : fallback.metric,
    level: oneOf<Level>(query.get('by'), ['village', 'grid', 'microgrid'], fallback.level),
    window: window ?? fallback.window,
    windowNamed: window !== undefined,
    month: month !== null && isMonth(month) ? month : null,
    kind: query.get('kind') || null,
    clock: oneOf(query.get('clock'), ['wall', 'working'], fallback.clock),
    rate: oneOf(query.get('rate'), ['raw', 'shrunken'], fallback.rate),
    classing: oneOf(query.get('classes'), ['quantile', 'natural'], fallback.classing),
    ranking: oneOf(query.get('rank'), ['places', 'workers'], fallback.ranking),
    sort: parseSort(query.get('sort')),
    search: query.get('q') ?? '',
    layers: parseLayers(query.get('layers')),
    selection: parseSelection(query),
    locale: oneOf(query.get('lang'), ['zh', 'en'], fallback.locale),
    camera: parseCamera(query.get('at')),
    plan: parsePlan(query),
  };
}

const decimals = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

export function viewQuery(view: View): string {
  const query = new URLSearchParams();
  if (view.metric !== null) query.set('metric', view.metric);
  query.set('by', view.level);
  // What the page widened by itself it will widen again.
  if (view.windowNamed) query.set('period', view.window);
  if (view.month !== null) query.set('month', view.month);
  if (view.kind !== null) query.set('kind', view.kind);
  if (view.clock !== 'wall') query.set('clock', view.clock);
  if (view.rate !== 'raw') query.set('rate', view.rate);
  if (view.classing !== 'quantile') query.set('classes', view.classing);
  if (view.ranking !== 'places') query.set('rank', view.ranking);
  if (view.sort !== null) query.set('sort', `${view.sort.descending ? '-' : ''}${view.sort.key}`);
  if (view.search !== '') query.set('q', view.search);
  query.set('layers', view.layers.join(','));
  if (view.selection.kind === 'place') query.set('place', view.selection.id);
  if (view.selection.kind === 'report' && view.plan.kind === 'none') query.set('report', view.selection.id);
  query.set('lang', view.locale);
  if (view.camera !== null) {
    const { lng, lat, zoom } = view.camera;
    query.set('at', [decimals(lng, 5), decimals(lat, 5), decimals(zoom, 2)].join(','));
  }
  writePlan(view.plan, query);
  // Commas and CJK are legible in a link as they are.
  return `?${query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')}`;
}
