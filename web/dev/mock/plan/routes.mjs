// The planner's part of the contract, as far as the page needs it for development.
import { randomUUID } from 'node:crypto';
import { edge } from '../geometry.mjs';
import { csv } from '../layers.mjs';
import { metricTable } from '../metrics.mjs';
import * as balance from './balance.mjs';
import { compare } from './compare.mjs';
import { current, enter, feature, figuresAt, flipped, found, preview, summary, whole } from './drafts.mjs';
import { firstState, Refused } from './edits.mjs';
import { gridOf, totals, weigh } from './figures.mjs';
import { ground } from './ground.mjs';

const json = (value, status = 200) => ({ status, type: 'application/json', body: JSON.stringify(value) });
const collection = (features) => ({ type: 'FeatureCollection', features });
const table = (rows) => ({
  status: 200,
  type: 'text/csv; charset=utf-8',
  body: `\uFEFF${csv(Object.keys(rows[0] ?? { household: '' }), rows)}`,
});

function prepare(db) {
  if (db.plans) return;
  db.ground = ground(db);
  db.plans = new Map();
  weigh(db);
  const example = found(db, { name: '秋季调整', by: '李华' });
  example.created_at = '2026-10-20T02:10:00.000Z';
}

function figuresOf(db, plan) {
  const draft = figuresAt(db, plan);
  const today = plan.todayFigures;
  const side = (of) => ({ places: Object.fromEntries(of), totals: totals(of) });
  return { today: side(today), draft: side(draft), seq: plan.seq };
}

function places(db, plan, level) {
  const at = current(plan);
  if (level === 'grid') return collection([...at.state.places.keys()].map((id) => feature(plan, at, id)));
  const list = level === 'village' ? db.villages : db.microgrids;
  return collection(
    list.map((place) => ({
      type: 'Feature',
      id: place.id,
      geometry: place.shape,
      properties: {
        id: place.id,
        level,
        parent: level === 'village' ? null : at.state.owner[place.quads[0]],
        code: place.code,
        name: place.name,
        kind: null,
        new: false,
        changed: false,
        locked: false,
      },
    })),
  );
}

function households(db, plan) {
  const { state } = current(plan);
  return collection(
    db.households.map((home) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: home.at },
      properties: {
        id: home.id,
        grid: gridOf(state, home),
        grid_today: gridOf(plan.today, home),
        persons: home.persons,
      },
    })),
  );
}

function problems(db, plan) {
  const at = current(plan);
  return [...figuresAt(db, plan)].flatMap(([id, f]) => {
    const { name } = at.state.places.get(id);
    const [lon, lat] = at.shapes.get(id).shape.coordinates[0]?.[0]?.[0] ?? [0, 0];
    const one = (kind, severity, text_zh, text_en, count) => ({
      kind,
      severity,
      place: id,
      name,
      lon,
      lat,
      text_zh,
      text_en,
      count,
    });
    return [
      ...(f.parts > 1
        ? [one('broken', 'error', `${name}分成 ${f.parts} 块`, `${name} falls into ${f.parts} parts`, f.parts)]
        : []),
      ...(f.households === 0 ? [one('empty', 'error', `${name}没有住户`, `${name} has no households`, null)] : []),
      ...(f.workload > 0.75 ? [one('overload', 'warning', `${name}负荷过高`, `${name} is overloaded`, null)] : []),
    ];
  });
}

function references() {
  const line = (id, kind, name, barrier, from, step, count) => ({
    type: 'Feature',
    properties: { id, kind, name, barrier },
    geometry: {
      type: 'LineString',
      coordinates: Array.from({ length: count }, (_, k) =>
        edge(
          [from[0] + k * step[0], from[1] + k * step[1]],
          [from[0] + (k + 1) * step[0], from[1] + (k + 1) * step[1]],
        ),
      )
        .flat()
        .map(([x, y]) => [x + 0.0011, y + 0.0016]),
    },
  });
  return collection([
    line('r1', 'road', '索溪路', false, [0, 1], [1, 0], 18),
    line('r2', 'river', '索溪', true, [0, 3], [1, 0], 18),
    line('r3', 'path', null, false, [7, 0], [0, 1], 6),
  ]);
}

function publish(db, plan, { by, valid_from, note }) {
  if (plan.state !== 'approved') throw new Refused('须先批准 · The plan has to be approved first.');
  const { state, shapes } = current(plan);
  db.firstState ??= firstState(db);
  const villages = new Map(db.villages.map((village) => [village.id, village]));
  db.grids = [...state.places.values()].map((place, k) => ({
    id: place.id,
    level: 'grid',
    code: place.code ?? `${villages.get(place.parent).code}${String(900 + k)}`,
    name: place.name,
    kind: place.kind ?? 'other',
    parent: villages.get(place.parent),
    shape: shapes.get(place.id).shape,
    area_m2: shapes.get(place.id).area_m2,
  }));
  const grids = new Map(db.grids.map((grid) => [grid.id, grid]));
  for (const micro of db.microgrids)
    micro.parent = grids.get(state.owner[micro.quads[Math.floor(micro.quads.length / 2)]]);
  db.publishedOwner = [...state.owner];
  const number = db.versions.length + 1;
  db.versions.push({ number, valid_from, published_at: new Date().toISOString(), note: note ?? '' });
  db.changes += 1;
  plan.published.push({ version: number, valid_from });
  plan.state = 'published';
  plan.entries.push({
    seq: (plan.seq += 1),
    at: new Date().toISOString(),
    author: by,
    why: note ?? null,
    body: { do: 'comment', text: `发布为版本 ${number}` },
  });
  return {
    version: number,
    valid_from,
    households_moved: totals(figuresAt(db, plan)).households_moved,
    scheduled: valid_from > new Date().toISOString().slice(0, 10),
  };
}

const without = (plan) => ({
  ...plan,
  created_by: '',
  entries: plan.entries.map((entry) => ({ ...entry, author: '' })),
});

/** The answer to a request under /api/v1 that is the planner's; null if it is none. */
export function planAnswer(db, method, path, query, body) {
  if (!/^\/(plans|compare|references|shared|versions)(\/|$)/.test(path)) return null;
  prepare(db);
  try {
    return respond(db, method, path, query, body);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { status, members, message } = error;
    const type = status === 409 ? 'https://wangge.example/problems/plan-moved-on' : 'about:blank';
    return {
      status,
      type: 'application/problem+json',
      body: JSON.stringify({
        type,
        title: status === 409 ? '草案已有新改动' : '不能这样改',
        status,
        detail: message,
        ...members,
      }),
    };
  }
}

function respond(db, method, path, query, body) {
  const missing = () => {
    throw new Refused(`There is nothing at ${path}.`, {}, 404);
  };
  if (path === '/references') return json(references());
  if (path === '/compare') return json(compare(db, query.a, query.b));
  if (/^\/versions\/\d+\/restore$/.test(path)) {
    const number = db.versions.length + 1;
    db.versions.push({
      number,
      valid_from: body.valid_from,
      published_at: new Date().toISOString(),
      note: body.note ?? '',
    });
    return json({ version: number });
  }
  if (path === '/plans') {
    if (method === 'POST') return json(whole(db, found(db, body)), 201);
    return json({ plans: [...db.plans.values()].map(summary).reverse() });
  }
  if (path === '/plans/import') return json(whole(db, found(db, { name: query.name, by: query.by })), 201);
  const shared = /^\/shared\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path);
  if (shared) {
    const plan = db.plans.get(shared[1]);
    if (!plan || plan.token !== shared[2]) missing();
    if (!shared[3]) return json(without(whole(db, plan)));
    if (shared[3] === '/places') return json(places(db, plan, query.level ?? 'grid'));
    return shared[3] === '/figures' ? json(figuresOf(db, plan)) : missing();
  }
  const [, id, rest = ''] = /^\/plans\/([^/]+)(\/.*)?$/.exec(path) ?? missing();
  const plan = db.plans.get(id) ?? missing();
  const metric = /^\/metrics\/(\w+)$/.exec(rest)?.[1];
  if (metric) return json(metricTable(db, metric, query, false));
  const job = /^\/balance\/([\w-]+)(?:\/candidates\/(\w+)(\/apply)?)?$/.exec(rest);
  if (job) return balanced(db, plan, method, job, body) ?? missing();
  const answers = {
    'GET ': () => json(whole(db, plan)),
    'GET /figures': () => json(figuresOf(db, plan)),
    'GET /places': () => json(places(db, plan, query.level ?? 'grid')),
    'GET /households': () => json(households(db, plan)),
    'GET /problems': () => json({ problems: problems(db, plan) }),
    'GET /next-moves': () => json({ moves: balance.nextMoves(db, plan, Number(query.n ?? 10)) }),
    'GET /export': () => json(places(db, plan, query.level ?? 'grid')),
    'GET /moved.csv': () =>
      table(
        db.households
          .filter((home) => gridOf(plan.today, home) !== gridOf(current(plan).state, home))
          .map((home) => ({
            household: home.id,
            from: gridOf(plan.today, home),
            to: gridOf(current(plan).state, home),
          })),
      ),
    'GET /workers.csv': () => table([]),
    'POST /entries': () => json(enter(db, plan, body)),
    'POST /preview': () => json(preview(db, plan, body.operation)),
    'POST /flip': () => json(flipped(db, plan, body)),
    'POST /balance': () => json({ job: balance.start(db, plan, body).id }, 202),
    'POST /publish': () => json(publish(db, plan, body)),
    'POST /rebase': () => json({ base: (plan.base = db.versions.at(-1).number), conflicts: [] }),
    'POST /share': () => {
      plan.token ??= randomUUID();
      return json({ token: plan.token, path: `/shared/${plan.id}/${plan.token}` });
    },
    'POST /unshare': () => {
      plan.token = null;
      return json({});
    },
  };
  return (answers[`${method} ${rest}`] ?? missing)();
}

function balanced(db, plan, method, [, id, candidate, apply], body) {
  const job = plan.jobs.get(id);
  if (!job) return null;
  if (method === 'DELETE') {
    job.cancelled ??= Date.now();
    return { status: 204, type: 'application/json', body: '' };
  }
  if (!candidate) return json(balance.progress(db, plan, job));
  if (!job.details.has(candidate)) return null;
  return json(apply ? balance.apply(db, plan, job, candidate, body) : balance.candidate(db, plan, job, candidate));
}
