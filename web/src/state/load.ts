// Loading as a value: the page shows each of its states.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { answers, ApiError } from '../api/client';
import { mayPass, retryLater } from './retry';

export type Load<T> =
  | { state: 'idle' }
  | { state: 'loading'; previous: T | null }
  | { state: 'ready'; data: T }
  | { state: 'failed'; error: ApiError };

export interface Loaded<T> {
  load: ShallowRef<Load<T>>;
  retry: () => void;
}

const generation: Ref<number> = ref(0);

/** Forgets every answer and loads again what is on the page. */
export function reloadAll(): void {
  answers.clear();
  generation.value += 1;
}

/**
 * Loads the JSON at `link()` whenever the link changes; null loads nothing. A late answer to an old link is dropped. What
 * failed is tried again after a while; until that succeeds the failure stays on the page.
 */
export function useLoad<T>(link: () => string | null): Loaded<T> {
  const load: ShallowRef<Load<T>> = shallowRef({ state: 'idle' });
  let latest = 0;
  let failures = 0;
  let cancelRetry: (() => void) | null = null;

  async function start(url: string | null): Promise<void> {
    failures = 0;
    load.value = url === null ? { state: 'idle' } : { state: 'loading', previous: dataOf(load.value) };
    await attempt(url);
  }

  async function attempt(url: string | null): Promise<void> {
    const mine = (latest += 1);
    cancelRetry?.();
    if (url === null) return;
    try {
      const data = await answers.get<T>(url);
      if (mine === latest) load.value = { state: 'ready', data };
    } catch (cause) {
      if (mine !== latest) return;
      const error = cause instanceof ApiError ? cause : new ApiError(null, '', String(cause));
      load.value = { state: 'failed', error };
      failures += 1;
      if (mayPass(error)) cancelRetry = retryLater(() => void attempt(url), failures);
    }
  }

  const stop = watch([link, generation], ([url]) => void start(url), { immediate: true });
  onScopeDispose(() => {
    stop();
    latest += 1;
    cancelRetry?.();
  }, true);
  return { load, retry: () => void start(link()) };
}

/** What is there to show, even while the next is on its way. */
export function dataOf<T>(load: Load<T>): T | null {
  if (load.state === 'ready') return load.data;
  return load.state === 'loading' ? load.previous : null;
}
