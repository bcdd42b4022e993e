// One open draft: what the page knows of it, what it may do to it, and what others do meanwhile.
import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { ApiError, fetchJson, sendJson } from '../../api/client';
import { planLink, sharedLink } from '../../api/plan-links';
import type {
  Body,
  Entry,
  HouseholdCollection,
  Moved,
  Outcome,
  PlaceCollection,
  Plan,
  PlanFigures,
  PlanProblem,
  Position,
} from '../../api/plan-types';
import { movedBy, type Proposal } from '../tools/tool';
import { whoever } from './author';
import { Ground } from './ground';
import { latest } from './latest';
import { figuresAfter, needsReload, planAfter } from './merge';

const PRICE_AFTER_MS = 140;
const POLL_MS = 10_000;
const PROBLEMS_AFTER_MS = 400;

/** What a move would cost: counted here at once, in all figures when the server has answered. */
export interface Price {
  moved: readonly Moved[];
  outcome: Outcome | null;
  error: ApiError | null;
}

/** Others changed the same places meanwhile. */
export interface Conflict {
  entries: Entry[];
  again: () => Promise<boolean>;
}

export interface Refusal {
  error: ApiError;
  at: Position | null;
}

export interface Session {
  id: string;
  plan: ShallowRef<Plan | null>;
  figures: ShallowRef<PlanFigures | null>;
  problems: ShallowRef<PlanProblem[]>;
  ground: Ground;
  /** Whether the draft can be changed in its present state. */
  isOpen: ComputedRef<boolean>;
  failed: ShallowRef<ApiError | null>;
  busy: ComputedRef<boolean>;
  price: ShallowRef<Price | null>;
  refusal: ShallowRef<Refusal | null>;
  conflict: ShallowRef<Conflict | null>;
  /** What others did since the page last looked. */
  news: ShallowRef<Entry[]>;
  reload: () => Promise<void>;
  /** Whether it was done. */
  enter: (body: Body, why?: string) => Promise<boolean>;
  commit: (proposal: Proposal, why?: string) => Promise<boolean>;
  /** Any step of the server's whose answer is an outcome. */
  step: (path: string, body: Record<string, unknown>) => Promise<boolean>;
  ask: (proposal: Proposal | null) => void;
}

export const asError = (cause: unknown): ApiError =>
  cause instanceof ApiError ? cause : new ApiError(null, '', String(cause));

const positionOf = (value: unknown): Position | null =>
  Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number' ? [value[0], value[1]] : null;

/** The request that makes a proposal, or prices it. */
export function requestOf(proposal: Proposal): { path: string; body: Record<string, unknown>; preview: object } {
  if (proposal.kind === 'flip') {
    const body = { households: proposal.households.map(({ id }) => id), to: proposal.to };
    return { path: '/flip', body, preview: body };
  }
  const operation =
    proposal.kind === 'lock'
      ? { operation: proposal.locks ? 'lock' : 'unlock', lock: proposal.lock }
      : { operation: 'redraw', edits: proposal.edits, ...(proposal.places ? { places: proposal.places } : {}) };
  return { path: '/entries', body: { body: { do: 'operate', ...operation } }, preview: operation };
}

/** Whose draft it is: one of the office's, or one that somebody has a link to, which can be looked at only. */
export type Address = { kind: 'own'; id: string } | { kind: 'shared'; id: string; token: string };

const NO_HOUSEHOLDS: HouseholdCollection = { type: 'FeatureCollection', features: [] };

export function usePlan(address: Address): Session {
  const { id } = address;
  const isOwn = address.kind === 'own';
  const link = (rest = '', query: Record<string, string> = {}) => {
    if (address.kind === 'own') return planLink(id, rest, query);
    const text = new URLSearchParams(query).toString();
    return sharedLink(id, address.token, text === '' ? rest : `${rest}?${text}`);
  };
  const plan = shallowRef<Plan | null>(null);
  const figures = shallowRef<PlanFigures | null>(null);
  const problems = shallowRef<PlanProblem[]>([]);
  const failed = shallowRef<ApiError | null>(null);
  const refusal = shallowRef<Refusal | null>(null);
  const conflict = shallowRef<Conflict | null>(null);
  const news = shallowRef<Entry[]>([]);
  const price = shallowRef<Price | null>(null);
  const waiting = ref(0);
  const ground = new Ground();
  let isGone = false;

  async function reload(): Promise<void> {
    waiting.value += 1;
    try {
      const level = (name: string) => fetchJson<PlaceCollection>(link('/places', { level: name }));
      const [head, all, villages, grids, microgrids, households] = await Promise.all([
        fetchJson<Plan>(link()),
        fetchJson<PlanFigures>(link('/figures')),
        level('village'),
        level('grid'),
        level('microgrid'),
        // Where people live is not for whoever has a link.
        isOwn ? fetchJson<HouseholdCollection>(planLink(id, '/households')) : Promise.resolve(NO_HOUSEHOLDS),
      ]);
      if (isGone) return;
      failed.value = null;
      plan.value = head;
      figures.value = all;
      ground.load({ villages, grids, microgrids, households, references: ground.references });
      if (isOwn) checkProblems.ask(true);
    } catch (cause) {
      failed.value = asError(cause);
    } finally {
      waiting.value -= 1;
    }
  }

  const checkProblems = latest<true, { problems: PlanProblem[] }>(
    PROBLEMS_AFTER_MS,
    () => fetchJson(planLink(id, '/problems')),
    (answer) => (problems.value = answer.problems),
    () => {
      // The next change asks again.
    },
  );

  function take(outcome: Outcome): void {
    if (!plan.value || !figures.value) return;
    plan.value = planAfter(plan.value, outcome);
    figures.value = { ...figures.value, draft: figuresAfter(figures.value.draft, outcome), seq: outcome.seq };
    ground.apply(outcome);
    checkProblems.ask(true);
    if (needsReload(outcome)) void refreshPlan();
  }

  async function refreshPlan(): Promise<void> {
    try {
      const fresh = await fetchJson<Plan>(planLink(id));
      if (fresh.seq === plan.value?.seq) plan.value = fresh;
    } catch {
      // What is on the page holds; the next poll will tell.
    }
  }

  /** One change after the other: each must know the number of the one before. */
  let queue: Promise<unknown> = Promise.resolve();
  function step(path: string, body: Record<string, unknown>): Promise<boolean> {
    const run = async (): Promise<boolean> => {
      const by = await whoever();
      if (by === null || !plan.value) return false;
      waiting.value += 1;
      refusal.value = null;
      try {
        take(await sendJson<Outcome>(planLink(id, path), { ...body, after: plan.value.seq, by }));
        return true;
      } catch (cause) {
        refused(asError(cause), () => step(path, body));
        return false;
      } finally {
        waiting.value -= 1;
      }
    };
    const result = queue.then(run, run);
    queue = result;
    return result;
  }

  function refused(error: ApiError, again: () => Promise<boolean>): void {
    const entries = error.members['entries'];
    if (error.status === 409 && Array.isArray(entries)) {
      conflict.value = {
        entries: entries as Entry[],
        again: async () => {
          conflict.value = null;
          await reload();
          return again();
        },
      };
    } else {
      refusal.value = { error, at: positionOf(error.members['at']) };
    }
  }

  const pricing = latest<Proposal, Outcome>(
    PRICE_AFTER_MS,
    (proposal, signal) => {
      const { path, body, preview } = requestOf(proposal);
      return proposal.kind === 'flip'
        ? sendJson(planLink(id, path), { ...body, after: plan.value?.seq ?? 0, by: '', preview: true }, 'POST', signal)
        : sendJson(planLink(id, '/preview'), { operation: preview }, 'POST', signal);
    },
    (outcome) => (price.value = price.value && { ...price.value, outcome }),
    (cause) => (price.value = price.value && { ...price.value, error: asError(cause) }),
  );

  function ask(proposal: Proposal | null): void {
    pricing.ask(proposal);
    price.value = proposal && { moved: movedBy(proposal, ground.homes), outcome: null, error: null };
  }

  async function poll(): Promise<void> {
    if (document.visibilityState === 'hidden' || !plan.value || waiting.value > 0) return;
    try {
      const known = plan.value.seq;
      const fresh = await fetchJson<Plan>(link());
      // Our own change may have come in between.
      if (plan.value.seq !== known) return;
      if (fresh.seq > known) {
        news.value = fresh.entries.filter(({ seq }) => seq > known);
        await reload();
      } else plan.value = fresh;
    } catch {
      // The service is away for a moment; the next poll will tell.
    }
  }

  const timer = setInterval(() => void poll(), POLL_MS);
  onScopeDispose(() => {
    isGone = true;
    clearInterval(timer);
    pricing.stop();
    checkProblems.stop();
  });
  void reload();

  return {
    id,
    plan,
    figures,
    problems,
    ground,
    isOpen: computed(() => isOwn && (plan.value?.state === 'draft' || plan.value?.state === 'in_review')),
    failed,
    busy: computed(() => waiting.value > 0),
    price,
    refusal,
    conflict,
    news,
    reload,
    step,
    enter: (body, why) => step('/entries', { body, ...(why ? { why } : {}) }),
    commit: (proposal, why) => {
      const request = requestOf(proposal);
      return step(request.path, { ...request.body, ...(why ? { why } : {}) });
    },
    ask,
  };
}
