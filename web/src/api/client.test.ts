import { afterEach, describe, expect, it, vi } from 'vitest';
import { AnswerCache, ApiError, fetchJson } from './client';

afterEach(() => vi.unstubAllGlobals());

const answer = (body: string, status: number, type = 'application/json') =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers: { 'content-type': type } })));

async function failure(): Promise<ApiError> {
  const error: unknown = await fetchJson('/x').catch((cause: unknown) => cause);
  if (!(error instanceof ApiError)) throw new Error('no ApiError');
  return error;
}

describe('fetchJson', () => {
  it('gives the body', async () => {
    answer('{"a":1}', 200);
    expect(await fetchJson('/x')).toEqual({ a: 1 });
  });

  it('repeats what a problem document says', async () => {
    answer('{"title":"No such place","detail":"No place has the id x."}', 404, 'application/problem+json');
    expect(await failure()).toMatchObject({ status: 404, title: 'No such place', detail: 'No place has the id x.' });
  });

  it('makes do with the status where the body is no problem document', async () => {
    answer('<h1>Bad gateway</h1>', 502, 'text/html');
    expect((await failure()).title).toMatch(/^502/);
  });

  it('has no status where nobody answers', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    expect(await failure()).toMatchObject({ status: null, detail: 'Failed to fetch' });
  });
});

describe('AnswerCache', () => {
  it('asks once for each address', async () => {
    const fetcher = vi.fn((url: string) => Promise.resolve(url));
    const cache = new AnswerCache(fetcher);
    await Promise.all([cache.get('/a'), cache.get('/a'), cache.get('/b')]);
    expect(fetcher).toHaveBeenCalledTimes(2);
    cache.clear();
    await cache.get('/a');
    expect(fetcher).toHaveBeenCalledTimes(3);
  });

  it('asks again after a failure', async () => {
    const fetcher = vi
      .fn<(url: string) => Promise<unknown>>()
      .mockRejectedValueOnce(new Error('busy'))
      .mockResolvedValue(1);
    const cache = new AnswerCache(fetcher);
    await expect(cache.get('/a')).rejects.toThrow('busy');
    expect(await cache.get('/a')).toBe(1);
  });

  it('forgets what has not been used for longest', async () => {
    const fetcher = vi.fn((url: string) => Promise.resolve(url));
    const cache = new AnswerCache(fetcher);
    for (let k = 0; k < 60; k += 1) await cache.get(`/${k}`);
    await cache.get('/0');
    await cache.get('/new');
    await cache.get('/0');
    expect(fetcher).toHaveBeenCalledTimes(61);
    await cache.get('/1');
    expect(fetcher).toHaveBeenCalledTimes(62);
  });
});
