// Drafts with their logs: each entry leads to a state, undo and redo walk along them.
import { randomUUID } from 'node:crypto';
import { firstState, flip, operate, Refused, shapes } from './edits.mjs';
import { figures, gridOf, totals } from './figures.mjs';

const now = () => new Date().toISOString();

export function found(db, { name, by, from, base }) {
  const origin = from ? { plan: from.plan, seq: from.state ?? db.plans.get(from.plan).head } : null;
  const state = origin ? db.plans.get(origin.plan).states.get(origin.seq).state : firstState(db);
  const plan = {
    id: randomUUID(),
    name: name?.trim() || '未命名草案',
    state: 'draft',
    base: base ?? db.versions.at(-1).number,
    origin,
    created_at: now(),
    created_by: by ?? '',
    changed_at: now(),
    seq: 0,
    head: 0,
    entries: [],
    states: new Map(),
    redo: [],
    snapshots: [],
    published: [],
    token: null,
    jobs: new Map(),
    today: firstState(db),
  };
  plan.todayShapes = shapes(db, plan.today);
  plan.todayFigures = figures(db, plan.today, plan.todayShapes, null);
  const own = origin ? shapes(db, state) : plan.todayShapes;
  plan.states.set(0, { parent: null, state, shapes: own, touched: new Set() });
  db.plans.set(plan.id, plan);
  return plan;
}

export const current = (plan) => plan.states.get(plan.head);
export const figuresAt = (db, plan, at = current(plan)) => figures(db, at.state, at.shapes, plan.today);

export function summary(plan) {
  const { id, name, state, base, origin, created_at, created_by, changed_at, seq } = plan;
  return { id, name, state, base, origin, created_at, created_by, changed_at, seq };
}

export function whole(db, plan) {
  return {
    ...summary(plan),
    head: plan.head,
    can_undo: current(plan).parent !== null,
    can_redo: plan.redo.length > 0,
    level: 'grid',
    entries: plan.entries,
    states: [...plan.states].map(([seq, { parent }]) => ({ seq, parent })),
    snapshots: plan.snapshots,
    locks: current(plan).state.locks,
    published: plan.published,
    shared: plan.token !== null,
    latest_version: db.versions.at(-1).number,
    mended: [],
  };
}

export function feature(plan, at, id) {
  const place = at.state.places.get(id);
  const today = plan.today.places.get(id);
  const { shape } = at.shapes.get(id);
  const before = plan.todayShapes.get(id)?.shape;
  return {
    type: 'Feature',
    id,
    geometry: shape,
    properties: {
      id,
      level: 'grid',
      parent: place.parent,
      code: place.code,
      name: place.name,
      kind: place.kind,
      new: !today,
      changed: JSON.stringify(before) !== JSON.stringify(shape),
      locked: at.state.locks.some((lock) => lock.lock === 'place' && lock.place === id),
    },
  };
}

/** What a step from one state to another means to the page. */
export function outcome(db, plan, from, to, entries, head = plan.head) {
  const before = from.state;
  const after = to.state;
  const ids = new Set([...before.places.keys(), ...after.places.keys()]);
  const touched = [...ids].filter(
    (id) =>
      JSON.stringify(before.places.get(id)) !== JSON.stringify(after.places.get(id)) ||
      from.shapes.get(id)?.shape !== to.shapes.get(id)?.shape ||
      JSON.stringify(before.locks) !== JSON.stringify(after.locks),
  );
  const all = figuresAt(db, plan, to);
  const moved = db.households.flatMap((home) => {
    const [a, b] = [gridOf(before, home), gridOf(after, home)];
    return a === b ? [] : [{ household: home.id, from: a, to: b, persons: home.persons }];
  });
  return {
    seq: plan.seq,
    head,
    can_undo: current(plan).parent !== null,
    can_redo: plan.redo.length > 0,
    state: plan.state,
    entries,
    moved,
    figures: Object.fromEntries(touched.map((id) => [id, all.get(id) ?? null])),
    totals: totals(all),
    places: {
      type: 'FeatureCollection',
      features: touched.filter((id) => after.places.has(id)).map((id) => feature(plan, to, id)),
    },
    removed: touched.filter((id) => !after.places.has(id)),
  };
}

/** The state after an operation, with the shapes of what it did not touch taken over. */
export function next(db, at, result) {
  const changed = shapes(
    db,
    result.state,
    [...result.touched].filter((id) => result.state.places.has(id)),
  );
  const own = new Map([...at.shapes, ...changed].filter(([id]) => result.state.places.has(id)));
  return { state: result.state, shapes: own, touched: result.touched };
}

export const preview = (db, plan, operation) => {
  const at = current(plan);
  return outcome(db, plan, at, next(db, at, operate(db, at.state, operation)), []);
};

function logged(plan, body, by, why) {
  plan.seq += 1;
  plan.changed_at = now();
  const entry = { seq: plan.seq, at: now(), author: by, why: why || null, body };
  plan.entries.push(entry);
  return entry;
}

function settle(db, plan, at, result, body, by, why, after) {
  const since = plan.entries.filter((entry) => entry.seq > after);
  const clash = since.some(({ seq }) =>
    [...(plan.states.get(seq)?.touched ?? [])].some((id) => result.touched.has(id)),
  );
  if (clash)
    throw new Refused(
      '别人已改动同一处 · Others have changed the same places.',
      { seq: plan.seq, entries: since },
      409,
    );
  const entry = logged(plan, body, by, why);
  plan.states.set(entry.seq, { parent: plan.head, ...next(db, at, result) });
  plan.head = entry.seq;
  plan.redo = [];
  return outcome(
    db,
    plan,
    at,
    current(plan),
    plan.entries.filter(({ seq }) => seq > after),
  );
}

export function enter(db, plan, { body, by, why, after }) {
  const at = current(plan);
  if (body.do === 'operate') return settle(db, plan, at, operate(db, at.state, body), body, by, why, after);
  if (body.do === 'undo') {
    if (at.parent === null) throw new Refused('没有可撤销的 · There is nothing to undo.');
    plan.redo.push(plan.head);
    plan.head = at.parent;
  } else if (body.do === 'redo') {
    if (plan.redo.length === 0) throw new Refused('没有可重做的 · There is nothing to redo.');
    plan.head = plan.redo.pop();
  } else if (body.do === 'go') {
    if (!plan.states.has(body.to)) throw new Refused('没有这个状态 · There is no such state.');
    plan.head = body.to;
    plan.redo = [];
  } else if (body.do === 'snapshot') plan.snapshots.push({ name: body.name, state: plan.head, seq: plan.seq + 1 });
  else if (body.do === 'rename') plan.name = body.name;
  else if (body.do !== 'comment') review(plan, body.do, by);
  logged(plan, body, by, why);
  return outcome(
    db,
    plan,
    at,
    current(plan),
    plan.entries.filter(({ seq }) => seq > after),
  );
}

function review(plan, step, by) {
  const rule = { submit: ['draft', 'in_review'], approve: ['in_review', 'approved'], return: ['in_review', 'draft'] };
  const also = { withdraw: [plan.state, 'withdrawn'], resume: ['withdrawn', 'draft'] };
  const [from, to] = { ...rule, ...also }[step];
  const submitter = plan.entries.findLast(({ body }) => body.do === 'submit')?.author;
  if (plan.state !== from) throw new Refused(`现在不能这样做 · Not while the plan is ${plan.state}.`);
  if (step === 'approve' && submitter === by) {
    throw new Refused('须由另一人批准 · Somebody else has to approve.');
  }
  plan.state = to;
}

export function flipped(db, plan, { households, to, by, why, after, preview: only }) {
  const at = current(plan);
  const result = flip(db, at.state, households, to);
  if (only) return outcome(db, plan, at, next(db, at, result), []);
  const body = { do: 'operate', operation: 'redraw', edits: [{ edit: 'transfer', region: [], to }] };
  return settle(db, plan, at, result, body, by, why, after);
}
