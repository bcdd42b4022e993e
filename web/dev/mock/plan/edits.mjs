// What an operation does to a state of a draft: a new state, or a refusal.
import { areaOf, dissolve, isInside, sideOf } from './ground.mjs';

export class Refused extends Error {
  constructor(detail, members = {}, status = 422) {
    super(detail);
    this.members = members;
    this.status = status;
  }
}

export function firstState(db) {
  const places = new Map(
    db.grids.map((g) => [g.id, { id: g.id, code: g.code, name: g.name, kind: g.kind, parent: g.parent.id }]),
  );
  const owner = db.ground.quads.map(({ micro }) => micro.owner ?? micro.parent.id);
  return { owner: db.publishedOwner ? [...db.publishedOwner] : owner, places, moved: new Map(), locks: [] };
}

const copy = (state) => ({
  owner: [...state.owner],
  places: new Map([...state.places].map(([id, place]) => [id, { ...place }])),
  moved: new Map(state.moved),
  locks: [...state.locks],
});

/** A state after an operation, and the grids that it touched. */
export function operate(db, before, operation) {
  const state = copy(before);
  switch (operation.operation) {
    case 'redraw':
      for (const edit of operation.edits) apply(db, state, edit, operation.places ?? {});
      break;
    case 'describe': {
      const place = state.places.get(operation.place);
      if (!place) throw new Refused(`There is no place ${operation.place}.`);
      if (operation.name) place.name = operation.name;
      if (operation.kind) place.kind = operation.kind;
      return { state, touched: new Set([place.id]) };
    }
    case 'lock':
      state.locks.push(operation.lock);
      break;
    case 'unlock':
      state.locks = state.locks.filter((lock) => JSON.stringify(lock) !== JSON.stringify(operation.lock));
      break;
  }
  return { state, touched: difference(db, before, state) };
}

export function flip(db, before, households, to) {
  const state = copy(before);
  const wanted = new Set(households);
  if (!state.places.has(to)) throw new Refused(`There is no grid ${to}.`);
  const { quads } = db.ground;
  for (const [q, { home }] of quads.entries()) {
    if (home && wanted.has(home.id) && state.owner[q] === before.owner[home.quad]) give(db, state, q, to);
  }
  return { state, touched: difference(db, before, state) };
}

function difference(db, before, after) {
  const touched = new Set();
  for (let q = 0; q < after.owner.length; q += 1) {
    if (before.owner[q] !== after.owner[q]) touched.add(before.owner[q]).add(after.owner[q]);
  }
  if (after.moved.size !== before.moved.size || [...after.moved].some(([n, p]) => before.moved.get(n) !== p)) {
    for (const [node, p] of after.moved) {
      if (before.moved.get(node) === p) continue;
      db.ground.quads.forEach(({ corners }, q) => corners.includes(node) && touched.add(after.owner[q]));
    }
  }
  return touched;
}

function give(db, state, q, to) {
  const from = state.owner[q];
  if (from === to) return;
  const locked = (lock) =>
    (lock.lock === 'place' && (lock.place === from || lock.place === to)) ||
    (lock.lock === 'household' && db.ground.quads[q].home?.id === lock.household) ||
    (lock.lock === 'border' && [lock.a, lock.b].includes(from) && [lock.a, lock.b].includes(to));
  const lock = state.locks.find(locked);
  const name = state.places.get(from)?.name ?? from;
  if (lock) throw new Refused(`已锁定，不能改动：${name} · Locked: ${name}`, { lock, at: db.ground.quads[q].centre });
  if (state.places.get(from)?.parent !== state.places.get(to)?.parent) {
    throw new Refused('网格不能跨村 · A grid cannot cross the border of its village.', {
      at: db.ground.quads[q].centre,
      lock: null,
    });
  }
  state.owner[q] = to;
}

const members = (state, id) => state.owner.flatMap((owner, q) => (owner === id ? [q] : []));

function apply(db, state, edit, names) {
  const { quads, nodes } = db.ground;
  const within = (region) => (q) => region.some((rings) => isInside(quads[q].centre, rings));
  const found = (beside) => {
    const { id } = edit.new;
    const parent = beside ? state.places.get(beside).parent : edit.parent;
    state.places.set(id, { id, code: null, name: names[id]?.name ?? '新网格', kind: 'other', parent });
    return id;
  };
  switch (edit.edit) {
    case 'transfer': {
      const inside = within(edit.region);
      state.owner.forEach((owner, q) => {
        if (owner !== edit.to && (!edit.from || edit.from.includes(owner)) && inside(q)) give(db, state, q, edit.to);
      });
      return;
    }
    case 'split': {
      const own = members(state, edit.place);
      const left = own.filter((q) => sideOf(quads[q].centre, edit.line));
      const part = left.length * 2 > own.length ? own.filter((q) => !left.includes(q)) : left;
      if (part.length === 0)
        throw new Refused('这条线没有切开网格 · The line does not cut the grid.', { at: edit.line[0] });
      const id = found(edit.place);
      for (const q of part) give(db, state, q, id);
      return;
    }
    case 'merge':
      for (const q of members(state, edit.from)) give(db, state, q, edit.into);
      state.places.delete(edit.from);
      return;
    case 'redraw': {
      const both = [...members(state, edit.a), ...members(state, edit.b)];
      const onLeft = (q) => sideOf(quads[q].centre, edit.line);
      const votes = both.reduce((sum, q) => sum + ((state.owner[q] === edit.a) === onLeft(q) ? 1 : -1), 0);
      for (const q of both) give(db, state, q, onLeft(q) === votes > 0 ? edit.a : edit.b);
      return;
    }
    case 'reparent':
      for (const micro of db.microgrids.filter(({ id }) => edit.places.includes(id))) {
        for (const q of micro.quads) give(db, state, q, edit.to);
      }
      return;
    case 'create': {
      const inside = within(edit.region);
      const part = state.owner.flatMap((owner, q) =>
        state.places.get(owner)?.parent === edit.parent && inside(q) ? [q] : [],
      );
      if (part.length === 0) throw new Refused('圈内没有地块 · There is no ground inside.');
      const id = found(null);
      for (const q of part) give(db, state, q, id);
      return;
    }
    case 'retire': {
      const own = members(state, edit.place);
      const corners = new Set(own.flatMap((q) => quads[q].corners));
      const parent = state.places.get(edit.place)?.parent;
      const beside = quads.findIndex(
        (quad, q) =>
          state.owner[q] !== edit.place &&
          state.places.get(state.owner[q])?.parent === parent &&
          quad.corners.some((corner) => corners.has(corner)),
      );
      const to = edit.to ?? state.owner[beside];
      if (!to) throw new Refused('没有相邻的网格可以接收 · No neighbour could take it.');
      for (const q of own) give(db, state, q, to);
      state.places.delete(edit.place);
      return;
    }
    case 'move_vertex': {
      const at = nodes.findIndex((p, id) => {
        const [x, y] = state.moved.get(id) ?? p;
        return Math.abs(x - edit.from[0]) < 2e-8 && Math.abs(y - edit.from[1]) < 2e-8;
      });
      if (at < 0) throw new Refused('此处没有顶点 · There is no vertex here.', { at: edit.from });
      state.moved.set(at, edit.to);
      return;
    }
    case 'simplify':
    case 'smooth':
      return;
    default:
      throw new Refused(`模拟服务器不会“${edit.edit}” · The mock server cannot ${edit.edit}.`, {
        at: edit.at ?? edit.on,
      });
  }
}

/** The polygons of the grids of a state; those of before are kept where nothing changed. */
export function shapes(db, state, ids = [...state.places.keys()]) {
  const wanted = new Set(ids);
  const parts = new Map(ids.map((id) => [id, []]));
  state.owner.forEach((owner, q) => wanted.has(owner) && parts.get(owner).push(q));
  return new Map(
    [...parts].map(([id, own]) => {
      const shape = dissolve(db.ground, own, state.moved);
      return [id, { shape, area_m2: areaOf(shape) }];
    }),
  );
}
