import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PreStop } from './pre-stop.ts';

describe('preStop', () => {
  let switched: PromiseWithResolvers<void>;
  let viewers: number | undefined;
  let drainMs: number;
  let drains: number[];
  let preStop: PreStop;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    switched = Promise.withResolvers();
    viewers = 0;
    drainMs = 30_000;
    drains = [];
    preStop = new PreStop({
      waitUntilPassive: (signal) => {
        signal.addEventListener('abort', () => switched.resolve());
        return switched.promise;
      },
      countViewers: async () => {
        if (viewers === undefined) throw new Error('MediaMTX does not answer');
        return viewers;
      },
      drainMs: () => drainMs,
      onDraining: (count) => drains.push(count),
    });
  });
  afterEach(() => vi.useRealTimers());

  /** After how many ms it was answered, undefined when it was not within the time. */
  async function answeredAfter(budgetMs: number, signal = new AbortController().signal) {
    let isAnswered = false;
    void preStop.wait('node', signal).then(() => {
      isAnswered = true;
    });
    for (let ms = 0; ms <= budgetMs; ms += 500) {
      if (isAnswered) return ms;
      await vi.advanceTimersByTimeAsync(500);
    }
    return undefined;
  }

  it('is answered at once on a passive side without viewers', async () => {
    switched.resolve();
    expect(await answeredAfter(1_000)).toBeLessThanOrEqual(500);
    expect(drains).toEqual([]);
  });

  it('waits for a switch, and no longer than 10 s', async () => {
    expect(await answeredAfter(20_000)).toBe(10_000);
  });

  it('waits for viewers, and no longer than the drain time', async () => {
    switched.resolve();
    viewers = 2;
    expect(await answeredAfter(60_000)).toBe(30_000);
    expect(drains).toEqual([2]);
    const answered = answeredAfter(60_000);
    await vi.advanceTimersByTimeAsync(3_000);
    viewers = 0;
    expect(await answered).toBeLessThan(5_000);
  });

  it('waits for no viewer where the drain time is 0, or MediaMTX is gone', async () => {
    switched.resolve();
    viewers = undefined;
    expect(await answeredAfter(1_000)).toBeLessThanOrEqual(500);
    viewers = 2;
    drainMs = 0;
    expect(await answeredAfter(1_000)).toBeLessThanOrEqual(500);
    expect(drains).toEqual([]);
  });

  it('lets a few wait from one address, and ends with whom does not wait any more', async () => {
    const { signal } = new AbortController();
    const gone = new AbortController();
    const waits = [1, 2, 3].map(() => preStop.wait('intruder', signal));
    const last = preStop.wait('intruder', gone.signal);
    expect(await preStop.wait('intruder', signal)).toBe(false);
    gone.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(await last).toBe(true);
    expect(await Promise.all([...waits, preStop.wait('intruder', signal)])).not.toContain(false);
  });
});
