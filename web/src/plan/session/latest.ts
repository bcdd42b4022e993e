// Questions of which only the latest answer counts: those asked in quick succession wait, and an older one is called off.
export interface Latest<Q> {
  ask: (question: Q | null) => void;
  stop: () => void;
}

/**
 * `answer` is called after `delay_ms` without a newer question, with a signal that is aborted by the next one; `done` gets
 * its answer unless a newer question came meanwhile.
 */
export function latest<Q, A>(
  delay_ms: number,
  answer: (question: Q, signal: AbortSignal) => Promise<A>,
  done: (answer: A, question: Q) => void,
  failed: (cause: unknown, question: Q) => void,
): Latest<Q> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: AbortController | null = null;

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    running?.abort();
    running = null;
  }

  async function start(question: Q): Promise<void> {
    const mine = new AbortController();
    running = mine;
    try {
      const given = await answer(question, mine.signal);
      if (!mine.signal.aborted) done(given, question);
    } catch (cause) {
      if (!mine.signal.aborted) failed(cause, question);
    }
  }

  return {
    stop,
    ask: (question) => {
      stop();
      if (question !== null) timer = setTimeout(() => void start(question), delay_ms);
    },
  };
}
