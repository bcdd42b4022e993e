import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mayPass, retryDelay, retryLater, retryNow } from './retry';

describe('retryDelay', () => {
  it('doubles up to a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map(retryDelay)).toEqual([3000, 6000, 12000, 24000, 48000, 60000, 60000]);
  });
});

describe('mayPass', () => {
  it('tells trouble from a refusal', () => {
    expect([null, 500, 503, 429, 408].map((status) => mayPass({ status }))).toEqual([true, true, true, true, true]);
    expect([400, 403, 404].map((status) => mayPass({ status }))).toEqual([false, false, false]);
  });
});

describe('retryLater', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('tries once, after its delay or when somebody comes back', () => {
    const again = vi.fn();
    retryLater(again, 1);
    vi.advanceTimersByTime(2999);
    expect(again).not.toHaveBeenCalled();
    retryNow();
    expect(again).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    retryNow();
    expect(again).toHaveBeenCalledTimes(1);
  });

  it('can be called off', () => {
    const again = vi.fn();
    retryLater(again, 1)();
    vi.advanceTimersByTime(60_000);
    retryNow();
    expect(again).not.toHaveBeenCalled();
  });
});
