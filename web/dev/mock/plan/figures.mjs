// Figures of a state of a draft; plausible, not statistics.
import { groupBy, perimeterOf } from './ground.mjs';

const hash = (text) => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);

/** What a household brings along, fixed by its id. */
export function weigh(db) {
  for (const home of db.households) {
    const luck = hash(home.id) % 100;
    home.reports = (home.micro.parent.parent.name.includes('社区') ? 2 : 0.6) + (luck % 7) / 4;
    home.visits = 10 + (luck % 4);
    home.load = home.reports * 2 + home.visits + home.persons * 0.2;
  }
}

export const gridOf = (state, home) => state.owner[home.quad];

export function figures(db, state, shapesOf, today) {
  const homes = groupBy(db.households, (home) => gridOf(state, home));
  return new Map(
    [...state.places.keys()].map((id) => [id, figureOf(homes.get(id) ?? [], shapesOf.get(id), id, today)]),
  );
}

const sum = (items, of) => items.reduce((total, item) => total + of(item), 0);

function figureOf(homes, { shape, area_m2 }, id, today) {
  const workers = 2 + (hash(id) % 3);
  const load = sum(homes, (home) => home.load);
  const perimeter = perimeterOf(shape);
  const centre = [0, 1].map((c) => sum(homes, (home) => home.at[c]) / Math.max(1, homes.length));
  const walk = sum(homes, ({ at }) => Math.hypot((at[0] - centre[0]) * 97000, (at[1] - centre[1]) * 111320));
  const gone = today ? homes.filter((home) => gridOf(today, home) !== id) : [];
  const polsby_popper = perimeter > 0 ? (4 * Math.PI * area_m2) / perimeter ** 2 : 0;
  return {
    households: homes.length,
    persons: sum(homes, (home) => home.persons),
    visits: sum(homes, (home) => home.visits),
    reports: Math.round(sum(homes, (home) => home.reports)),
    patrols: 24,
    load,
    worker_days: workers * 250,
    workers,
    workload: load / (workers * 250),
    reports_month: sum(homes, (home) => home.reports) / 12,
    visits_per_worker: sum(homes, (home) => home.visits) / workers,
    response_h: homes.length > 0 ? 18 + homes.length * 0.4 + (hash(id) % 10) : null,
    response_n: Math.round(sum(homes, (home) => home.reports)),
    walk_min: homes.length > 0 ? walk / homes.length / 70 : null,
    squares: hash(id) % 3,
    reach: homes.length > 0 ? 0.6 + (hash(id) % 40) / 100 : null,
    area_m2,
    parts: shape.coordinates.length,
    parts_on_foot: shape.coordinates.length,
    compactness: { polsby_popper, reock: polsby_popper * 0.9, hull: Math.min(1, polsby_popper * 1.6) },
    households_moved: gone.length,
    persons_moved: sum(gone, (home) => home.persons),
    persons_with_new_worker: sum(gone, (home) => home.persons),
  };
}

function spread(values) {
  const n = values.length;
  const mean = sum(values, (v) => v) / Math.max(1, n);
  if (n === 0 || mean === 0) return { gini: null, cv: null, max_mean: null, n };
  const sorted = values.toSorted((a, b) => a - b);
  const gini =
    sum(
      sorted.map((v, k) => v * (2 * (k + 1) - n - 1)),
      (v) => v,
    ) /
    (n * n * mean);
  const cv = Math.sqrt(sum(values, (v) => (v - mean) ** 2) / n) / mean;
  return { gini, cv, max_mean: Math.max(...values) / mean, n };
}

export function totals(figuresOf) {
  const all = [...figuresOf.values()];
  const mean = (of) =>
    sum(all, (f) => (of(f) ?? 0) * f.households) /
    Math.max(
      1,
      sum(all, (f) => f.households),
    );
  return {
    grids: all.length,
    households: sum(all, (f) => f.households),
    persons: sum(all, (f) => f.persons),
    households_moved: sum(all, (f) => f.households_moved),
    persons_moved: sum(all, (f) => f.persons_moved),
    persons_with_new_worker: sum(all, (f) => f.persons_with_new_worker),
    workload: spread(all.map((f) => f.workload ?? 0)),
    load: spread(all.map((f) => f.load)),
    spread_households: spread(all.map((f) => f.households)),
    walk_min: mean((f) => f.walk_min),
    polsby_popper: sum(all, (f) => f.compactness?.polsby_popper ?? 0) / Math.max(1, all.length),
    broken: all.filter((f) => f.parts > 1).length,
    broken_on_foot: all.filter((f) => f.parts_on_foot > 1).length,
    without_worker: all.filter((f) => f.workers === 0).length,
    without_household: all.filter((f) => f.households === 0).length,
  };
}
