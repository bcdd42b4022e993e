// When a request that failed is tried again by itself.
import type { ApiError } from '../api/client';

const FIRST_MS = 3_000;
const LONGEST_MS = 60_000;

/** Twice as long after each failure in a row, so that a server in trouble is left in peace. */
export const retryDelay = (failures: number): number => Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));

/** Whether time may heal it: nobody answered, or somebody who is busy. A refusal stays one. */
export const mayPass = ({ status }: Pick<ApiError, 'status'>): boolean =>
  status === null || status >= 500 || status === 408 || status === 429;

const waiting = new Set<() => void>();

/** Runs `again` after the delay, or at once when somebody comes back to the page; gives back how to call it off. */
export function retryLater(again: () => void, failures: number): () => void {
  const run = (): void => {
    cancel();
    again();
  };
  const timer = setTimeout(run, retryDelay(failures));
  const cancel = (): void => {
    clearTimeout(timer);
    waiting.delete(run);
  };
  waiting.add(run);
  return cancel;
}

/** Tries everything that waits without waiting any longer. */
export function retryNow(): void {
  for (const run of [...waiting]) run();
}

/** The network is back, or somebody looks at the page again. */
export function retryWhenBack(): void {
  addEventListener('online', retryNow);
  addEventListener('focus', retryNow);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') retryNow();
  });
}
