import { readFileSync } from 'node:fs';
import { AS_OF, MONTHS, REPORT_KINDS } from './data.mjs';
import { hexagons } from './hexagons.mjs';
import { collection, csv, LAYERS, layerFeatures } from './layers.mjs';
import { CATALOGUE, metricTable } from './metrics.mjs';
import { placeCard } from './card.mjs';
import { planAnswer } from './plan/routes.mjs';

const json = (value) => ({ status: 200, type: 'application/json', body: JSON.stringify(value) });
const problem = (status, title, detail) => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title, status, detail }),
});

function area(db, isPublic) {
  const counts = Object.fromEntries(
    ['villages', 'grids', 'microgrids', 'squares', 'households', 'devices', 'reports', 'visits'].map((k) => [
      k,
      db ? db[k].length : 0,
    ]),
  );
  return {
    area: '430811',
    name: '索溪峪街道',
    zone: 'Asia/Shanghai',
    synthetic: true,
    viewer: isPublic ? 'public' : 'administrator',
    min_n: 5,
    bbox: [110.48, 29.305, 110.645, 29.405],
    versions: db.versions,
    data_from: MONTHS[0],
    data_to: MONTHS.at(-1),
    as_of: new Date(AS_OF).toISOString(),
    counts: { ...counts, facilities: counts.squares * 7, activities: 0, patrols: 0, persons: 0, posts: 0 },
    change_seq: db.changes,
  };
}

const columns = (rows) => {
  const keys = [
    'place',
    'code',
    'name',
    'period',
    'value',
    'reason',
    'numerator',
    'denominator',
    'n',
    'low',
    'high',
    'shrunken',
    'p90',
  ];
  return csv(keys, rows);
};

/** The response to a request under /api/. `db` is null where the store is empty. */
export function answer(db, url, { isPublic, fail, method, body }) {
  const query = Object.fromEntries(url.searchParams);
  const path = url.pathname.replace('/api/v1', '');
  if (url.pathname === '/api/openapi.json') {
    return { status: 200, type: 'application/json', body: readFileSync(new URL('openapi.json', import.meta.url)) };
  }
  if (!db && path !== '/metrics')
    return problem(404, '未找到 · Not found', 'The store is empty: import villages or grids first.');
  const plans = planAnswer(db, method, path, query, body);
  if (plans) return plans;
  if (path === '/area') return json(area(db, isPublic));
  if (path === '/metrics') return json(CATALOGUE);
  if (path === '/report-kinds') return json(REPORT_KINDS);
  if (path === '/layers') return json(LAYERS.filter((l) => !isPublic || l.public).map((l) => describe(db, l)));
  const metric = /^\/metrics\/(\w+)$/.exec(path)?.[1];
  if (metric) {
    if (metric === fail) return problem(503, 'The store is busy', 'No connection became free within 5 s; try again.');
    if (!CATALOGUE.some((m) => m.id === metric))
      return problem(404, 'No such metric', `There is no metric "${metric}".`);
    if (!db)
      return json({ metric, by: query.by, period: query.period, unit: 'ratio', rows: [], total: [], balance: null });
    const table = metricTable(db, metric, query, isPublic);
    return query.format === 'csv'
      ? { status: 200, type: 'text/csv; charset=utf-8', body: columns(table.rows) }
      : json(table);
  }
  const place = /^\/places\/([\w-]+)$/.exec(path)?.[1];
  if (place) {
    const found = [...db.villages, ...db.grids, ...db.microgrids].find((p) => p.id === place);
    return found
      ? json(placeCard(db, found, isPublic))
      : problem(404, 'No such place', `No place has the id "${place}".`);
  }
  if (path === '/heat/hexagons') return json(hexagons(db, query, isPublic));
  const layer = /^\/layers\/([\w-]+)\.(geojson|csv)$/.exec(path);
  if (layer) {
    const known = LAYERS.find((l) => l.name === layer[1] && (!isPublic || l.public));
    if (!known) return problem(404, 'No such layer', `There is no layer "${layer[1]}" that you may read.`);
    const features = layerFeatures(db, known.name, query, isPublic);
    if (layer[2] === 'geojson') return { ...json(collection(features)), type: 'application/geo+json' };
    const rows = features.map((f) => f.properties);
    return { status: 200, type: 'text/csv; charset=utf-8', body: csv(Object.keys(rows[0] ?? {}), rows) };
  }
  return problem(404, 'Not found', `There is nothing at ${url.pathname}.`);
}

function describe(db, layer) {
  const base = `/api/v1/layers/${layer.name}`;
  const { name, zh, en, geometry } = layer;
  const count = db[name]?.length ?? db.squares.length * 7;
  return { name, zh, en, geometry, count, links: { geojson: `${base}.geojson`, csv: `${base}.csv` } };
}
