import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fake-clock.ts';
import { KeyedQueue, type QueueOptions } from './queue.ts';

/** A queue whose runs the test ends by hand. */
function makeQueue(options: Partial<QueueOptions<string>> = {}) {
  const clock = new FakeClock();
  const runs: { key: string; end: (outcome?: { requeueAfterMs?: number }) => void; fail: () => void }[] = [];
  const begun: string[] = [];
  const queue = new KeyedQueue<string>({
    idOf: (key) => key,
    process: (key) =>
      new Promise((resolve, reject) => {
        begun.push(`${clock.nowMs()} ${key}`);
        runs.push({ key, end: (outcome) => resolve(outcome), fail: () => reject(new Error('failed')) });
      }),
    concurrency: 2,
    minIntervalMs: 100,
    backoff: { baseMs: 200, maxMs: 1_000 },
    clock,
    random: () => 1,
    onError: () => {},
    ...options,
  });
  queue.open();
  return { clock, queue, runs, begun };
}

describe('the keyed queue', () => {
  it('makes one run of many additions', async () => {
    const { clock, queue, runs, begun } = makeQueue();
    for (let i = 0; i < 10; i++) queue.add('a', 10);
    await clock.advance(50);
    runs[0]?.end();
    await clock.advance(1_000);
    expect(begun).toEqual(['10 a']);
  });

  it('runs a key again after its run when it was added meanwhile, and never beside it', async () => {
    const { clock, queue, runs, begun } = makeQueue();
    queue.add('a');
    queue.add('a');
    queue.add('a');
    await clock.advance(500);
    expect(begun).toEqual(['0 a']);
    runs[0]?.end();
    await settle();
    expect(begun).toEqual(['0 a', '500 a']);
  });

  it('keeps the interval between two runs of a key', async () => {
    const { clock, queue, runs, begun } = makeQueue();
    queue.add('a');
    runs[0]?.end();
    await settle();
    queue.add('a');
    await clock.advance(99);
    expect(begun).toHaveLength(1);
    await clock.advance(1);
    expect(begun).toEqual(['0 a', '100 a']);
  });

  it('runs other keys beside, up to its concurrency, the longest waiting first', async () => {
    const { queue, runs, begun } = makeQueue();
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    expect(queue.depth).toBe(2);
    runs[0]?.end();
    await settle();
    runs[1]?.end();
    await settle();
    expect(begun).toEqual(['0 a', '0 b', '0 c', '0 d']);
  });

  it('tries a failed key again, twice as late each time up to the limit, and at once when it is added', async () => {
    const { clock, queue, runs, begun } = makeQueue();
    queue.add('a');
    for (let i = 0; i < 5; i++) {
      runs[i]?.fail();
      await clock.advance(1_000);
    }
    expect(begun.slice(0, 4)).toEqual(['0 a', '200 a', '1400 a', '2800 a']);
    runs[5]?.fail();
    await settle();
    queue.add('a');
    await clock.advance(100);
    expect(runs).toHaveLength(7);
  });

  it('requeues after the time that a run asks for, or earlier by an addition, but not twice', async () => {
    const { clock, queue, runs, begun } = makeQueue();
    queue.add('a');
    runs[0]?.end({ requeueAfterMs: 1_000 });
    await clock.advance(500);
    queue.add('a');
    runs[1]?.end();
    await clock.advance(5_000);
    expect(begun).toEqual(['0 a', '500 a']);
  });

  it('drops what waits when it is paused, and resolves when what runs has ended', async () => {
    const { clock, queue, runs, begun } = makeQueue();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    queue.add('d', 100);
    queue.add('a');
    let isPaused = false;
    void queue.pause().then(() => {
      isPaused = true;
    });
    queue.add('e');
    await clock.advance(1_000);
    expect(isPaused).toBe(false);
    runs[0]?.fail();
    runs[1]?.end({ requeueAfterMs: 10 });
    await clock.advance(10_000);
    expect(isPaused).toBe(true);
    expect(begun).toEqual(['0 a', '0 b']);
    queue.open();
    queue.add('c');
    expect(begun).toHaveLength(3);
  });

  it('says how deep it is and how old its oldest key', async () => {
    const { clock, queue } = makeQueue();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.advance(700);
    queue.add('d');
    expect(queue.depth).toBe(2);
    expect(queue.oldestAgeMs).toBe(700);
  });
});
