// How an outcome of the server changes what the page knows: pure, so that it can be tested.
import type { Figures, FiguresOf, Outcome, Plan } from '../../api/plan-types';

export function planAfter(plan: Plan, outcome: Outcome): Plan {
  const known = new Set(plan.entries.map(({ seq }) => seq));
  const added = outcome.entries.filter(({ seq }) => !known.has(seq));
  const entries = [...plan.entries, ...added].sort((a, b) => a.seq - b.seq);
  let { locks, name, snapshots, states } = plan;
  let parent = plan.head;
  for (const { body, seq } of added) {
    if (body.do === 'rename') name = body.name;
    if (body.do === 'snapshot') snapshots = [...snapshots, { name: body.name, state: outcome.head, seq }];
    if (body.do !== 'operate') continue;
    states = [...states, { seq, parent }];
    parent = seq;
    if (body.operation === 'lock') locks = [...locks, body.lock];
    if (body.operation === 'unlock') {
      const gone = JSON.stringify(body.lock);
      locks = locks.filter((lock) => JSON.stringify(lock) !== gone);
    }
  }
  const { seq, head, can_undo, can_redo, state } = outcome;
  const last = entries.at(-1)?.at ?? plan.changed_at;
  return { ...plan, name, entries, locks, snapshots, states, seq, head, can_undo, can_redo, state, changed_at: last };
}

export function figuresAfter(figures: FiguresOf, outcome: Outcome): FiguresOf {
  const places: Record<string, Figures> = { ...figures.places };
  for (const [id, figure] of Object.entries(outcome.figures)) {
    if (figure) places[id] = figure;
    else Reflect.deleteProperty(places, id);
  }
  for (const id of outcome.removed) Reflect.deleteProperty(places, id);
  return { places, totals: outcome.totals };
}

/** Steps after which a lock, a snapshot or the review is not what the page can tell by the log alone. */
export const needsReload = (outcome: Outcome): boolean =>
  outcome.entries.some(({ body }) => body.do === 'undo' || body.do === 'redo' || body.do === 'go');
