import type { Problem } from './types';

/** A request that failed, in the server's own words where it gave any. */
export class ApiError extends Error {
  constructor(
    readonly status: number | null,
    readonly title: string,
    readonly detail: string | null,
    /** Further members of the problem: what stands in the way, what happened meanwhile. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(title);
    this.name = 'ApiError';
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'title' in value;
}

async function problemOf(response: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // Not JSON: a proxy's page, say. The status line has to do.
  }
  if (isProblem(body)) {
    const { title, detail, ...members } = body;
    return new ApiError(response.status, title ?? response.statusText, detail ?? null, members);
  }
  return new ApiError(response.status, `${response.status} ${response.statusText}`.trim(), null);
}

/** Fetches anything. Rejects with `ApiError`, whose status is null when the server could not be reached. */
export async function fetchAnswer(url: string, accept = '*/*', options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...options, headers: { ...options.headers, accept } });
  } catch (cause) {
    throw new ApiError(null, '', cause instanceof Error ? cause.message : null);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** Fetches JSON; rejects as `fetchAnswer` does. */
export async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetchAnswer(url, 'application/json, application/geo+json');
  return (await response.json()) as T;
}

export type Method = 'POST' | 'PUT' | 'DELETE';

/** Sends JSON and reads the JSON answered, undefined where there is none; rejects as `fetchAnswer` does. */
export async function sendJson<T>(url: string, body?: unknown, method: Method = 'POST', signal?: AbortSignal) {
  const response = await fetchAnswer(url, 'application/json, application/geo+json', {
    method,
    ...(signal ? { signal } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

const CACHED_ANSWERS = 60;

/** Answers by URL: each is fetched once until `clear`; the least recently used go first; failures are not kept. */
export class AnswerCache {
  private readonly answers = new Map<string, Promise<unknown>>();

  constructor(private readonly fetcher: (url: string) => Promise<unknown> = fetchJson) {}

  get<T>(url: string): Promise<T> {
    const known = this.answers.get(url);
    const answer = known ?? this.fetcher(url);
    this.answers.delete(url);
    this.answers.set(url, answer);
    if (!known) {
      answer.catch(() => {
        if (this.answers.get(url) === answer) this.answers.delete(url);
      });
      const oldest = this.answers.keys().next();
      if (this.answers.size > CACHED_ANSWERS && !oldest.done) this.answers.delete(oldest.value);
    }
    return answer as Promise<T>;
  }

  /** What stands at the address has changed. */
  forget(url: string): void {
    this.answers.delete(url);
  }

  clear(): void {
    this.answers.clear();
  }
}

export const answers = new AnswerCache();
