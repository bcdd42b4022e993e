import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref, type EffectScope } from 'vue';
import { answers } from '../api/client';
import { useLoad, type Loaded } from './load';

let scope: EffectScope;
const answer = vi.fn<(url: string) => Response>();
const busy = () => new Response('{"title":"busy"}', { status: 503 });
const good = (body: string) => new Response(body, { status: 200 });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', (url: string) => Promise.resolve(answer(url)));
  answers.clear();
  answer.mockReset();
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const loading = (link: () => string | null): Loaded<string> => {
  const loaded = scope.run(() => useLoad<string>(link));
  if (!loaded) throw new Error('the scope has ended');
  return loaded;
};

describe('useLoad', () => {
  it('tries again by itself and keeps the failure until that succeeds', async () => {
    answer.mockImplementation(busy);
    const { load } = loading(() => '/a');
    await settle();
    expect(load.value.state).toBe('failed');
    answer.mockImplementation(() => good('"figures"'));
    await vi.advanceTimersByTimeAsync(2900);
    expect(load.value.state).toBe('failed');
    await vi.advanceTimersByTimeAsync(200);
    expect(load.value).toEqual({ state: 'ready', data: 'figures' });
    expect(answer).toHaveBeenCalledTimes(2);
  });

  it('leaves a refusal alone', async () => {
    answer.mockImplementation(() => new Response('{"title":"no such metric"}', { status: 404 }));
    loading(() => '/a');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(answer).toHaveBeenCalledTimes(1);
  });

  it('forgets a link that failed once another is asked for', async () => {
    answer.mockImplementation((url) => (url === '/a' ? busy() : good('"b"')));
    const link = ref('/a');
    const { load } = loading(() => link.value);
    await settle();
    link.value = '/b';
    await nextTick();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(load.value).toEqual({ state: 'ready', data: 'b' });
    expect(answer.mock.calls.map(([url]) => url)).toEqual(['/a', '/b']);
  });
});
