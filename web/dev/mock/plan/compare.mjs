import { current, figuresAt } from './drafts.mjs';
import { firstState, shapes } from './edits.mjs';
import { figures, gridOf } from './figures.mjs';
import { dissolve } from './ground.mjs';

function resolve(db, spec) {
  const [, id, seq] = /^plan:([^@]+)(?:@(\d+))?$/.exec(spec) ?? [];
  if (id) {
    const plan = db.plans.get(id);
    const at = seq === undefined ? current(plan) : plan.states.get(Number(seq));
    return { state: at.state, figures: figuresAt(db, plan, at) };
  }
  const state = spec === 'version:1' && db.firstState ? db.firstState : firstState(db);
  return { state, figures: figures(db, state, shapes(db, state), null) };
}

export function compare(db, a, b) {
  const [one, two] = [resolve(db, a), resolve(db, b)];
  const flows = new Map();
  let [households, persons] = [0, 0];
  for (const home of db.households) {
    const [from, to] = [gridOf(one.state, home), gridOf(two.state, home)];
    if (from === to) continue;
    households += 1;
    persons += home.persons;
    const key = `${from}>${to}`;
    const flow = flows.get(key) ?? {
      from,
      from_name: one.state.places.get(from)?.name ?? null,
      to,
      to_name: two.state.places.get(to)?.name ?? null,
      households: 0,
      persons: 0,
    };
    flow.households += 1;
    flow.persons += home.persons;
    flows.set(key, flow);
  }
  const ids = new Set([...one.state.places.keys(), ...two.state.places.keys()]);
  const apart = { households, persons, share: households / db.households.length };
  const ground = one.state.owner.flatMap((owner, q) => (owner === two.state.owner[q] ? [] : [q]));
  return {
    a,
    b,
    hamming: apart,
    hamming_matched: apart,
    variation_of_information: apart.share * 1.7,
    flows: [...flows.values()].sort((x, y) => y.households - x.households),
    places: [...ids].map((id) => ({
      id,
      name: (two.state.places.get(id) ?? one.state.places.get(id)).name,
      in_a: one.state.places.has(id),
      in_b: two.state.places.has(id),
      households_a: one.figures.get(id)?.households ?? 0,
      households_b: two.figures.get(id)?.households ?? 0,
      workload_a: one.figures.get(id)?.workload ?? null,
      workload_b: two.figures.get(id)?.workload ?? null,
    })),
    persons_with_new_worker: persons,
    moved_ground: {
      type: 'FeatureCollection',
      features:
        ground.length > 0
          ? [{ type: 'Feature', properties: {}, geometry: dissolve(db.ground, ground, new Map()) }]
          : [],
    },
  };
}
