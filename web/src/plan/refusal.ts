// Why something could not be done, in plain words.
import type { ApiError } from '../api/client';
import type { Say } from './words/say';

interface NamedLock {
  lock?: unknown;
}

export function refusalText(error: ApiError, p: Say): string {
  if (error.status === null) return p('refused.unreachable');
  const lock = (error.members['lock'] as NamedLock | null | undefined)?.lock;
  const what =
    lock === 'place' || lock === 'border' || lock === 'household'
      ? `${p('refused.locked', { what: p(`lock.${lock}`) })} `
      : '';
  return what + (error.detail ?? error.title);
}
