// A balancing under way: asked for its progress until it ends, the best so far shown meanwhile.
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { ApiError } from '../../api/client';
import { fetchJson, sendJson } from '../../api/client';
import { planLink } from '../../api/plan-links';
import type { BalanceJob, BalanceRequest, CandidateDetail, Outcome } from '../../api/plan-types';
import { asError } from './session';

const ASK_EVERY_MS = 600;

export interface Balancing {
  id: ShallowRef<string | null>;
  job: ShallowRef<BalanceJob | null>;
  error: ShallowRef<ApiError | null>;
  start: (request: BalanceRequest) => Promise<void>;
  cancel: () => Promise<void>;
  candidate: (candidate: string) => Promise<CandidateDetail | null>;
}

export function useBalancing(plan: string): Balancing {
  const id = shallowRef<string | null>(null);
  const job = shallowRef<BalanceJob | null>(null);
  const error = shallowRef<ApiError | null>(null);
  let timer: ReturnType<typeof setTimeout> | null = null;

  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };

  async function look(): Promise<void> {
    const mine = id.value;
    if (mine === null) return;
    try {
      const answer = await fetchJson<BalanceJob>(planLink(plan, `/balance/${mine}`));
      if (id.value !== mine) return;
      // The draft as it is belongs to the front, but there is nothing in it to take over.
      job.value = { ...answer, front: answer.front.filter(({ is_draft }) => is_draft !== true) };
      error.value = null;
      if (answer.state !== 'running') return;
    } catch (cause) {
      if (id.value !== mine) return;
      error.value = asError(cause);
      // A job that is not there any more will not come back.
      if (error.value.status === 404) return;
    }
    timer = setTimeout(() => void look(), ASK_EVERY_MS);
  }

  onScopeDispose(stop);
  return {
    id,
    job,
    error,
    start: async (request) => {
      stop();
      job.value = null;
      error.value = null;
      try {
        id.value = (await sendJson<{ job: string }>(planLink(plan, '/balance'), request)).job;
        await look();
      } catch (cause) {
        error.value = asError(cause);
      }
    },
    cancel: async () => {
      if (id.value === null) return;
      try {
        await sendJson(planLink(plan, `/balance/${id.value}`), undefined, 'DELETE');
        stop();
        await look();
      } catch (cause) {
        error.value = asError(cause);
      }
    },
    candidate: async (candidate) => {
      if (id.value === null) return null;
      try {
        const link = planLink(plan, `/balance/${id.value}/candidates/${candidate}`);
        const { moved, places } = await fetchJson<Outcome>(link);
        const households = moved.flatMap(({ household, to }) => (to === null ? [] : [{ household, to }]));
        return { households, places };
      } catch (cause) {
        error.value = asError(cause);
        return null;
      }
    },
  };
}
