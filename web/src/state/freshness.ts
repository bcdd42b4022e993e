// Notices when the store has changed (an import beside the running service, say) and loads the page's data again.
import { onScopeDispose } from 'vue';
import { fetchJson } from '../api/client';
import { areaLink } from '../api/links';
import type { Area } from '../api/types';
import { reloadAll } from './load';

const INTERVAL_MS = 60_000;
/** While there is nothing to show, somebody is waiting for the import to end. */
const EMPTY_INTERVAL_MS = 5_000;

/** `known`: the number of the last change that the page has seen; null while it has no data. */
export function useFreshness(known: () => number | null): void {
  let timer: ReturnType<typeof setTimeout> | null = null;

  async function check(): Promise<void> {
    const seen = known();
    if (document.visibilityState !== 'hidden') {
      try {
        const { change_seq } = await fetchJson<Area>(areaLink());
        if (change_seq !== seen && seen === known()) reloadAll();
      } catch {
        // The service is away for a moment, or still empty; what is on the page holds. The next check will tell.
      }
    }
    wait();
  }

  function wait(): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void check(), known() === null ? EMPTY_INTERVAL_MS : INTERVAL_MS);
  }

  const shown = () => void check();
  document.addEventListener('visibilitychange', shown);
  wait();
  onScopeDispose(() => {
    if (timer !== null) clearTimeout(timer);
    document.removeEventListener('visibilitychange', shown);
  });
}
