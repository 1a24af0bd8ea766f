import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fake-clock.ts';
import { KeyedQueue } from './queue.ts';

const KEYS = ['a', 'b', 'c'] as const;
const CONCURRENCY = 2;
const MIN_INTERVAL_MS = 50;
const FAILURE = new Error('a run that failed');

const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    key: fc.constantFrom(...KEYS),
    afterMs: fc.constantFrom(0, 0, 30, 400),
  }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 300 }) }),
);
/** How the runs go, in turn: how long each takes, and whether it fails. */
const outcome = fc.record({ ms: fc.integer({ min: 0, max: 200 }), fails: fc.boolean() });

it('sees the newest change of every key, serially within one and bounded across, whatever the order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.array(outcome, { maxLength: 30 }),
      async (steps, outcomes) => {
        const clock = new FakeClock();
        const versions = new Map<string, number>();
        const seen = new Map<string, number>();
        const lastBeginMs = new Map<string, number>();
        const running = new Set<string>();
        let turn = 0;
        const broken: unknown[] = [];
        const queue = new KeyedQueue<string>({
          idOf: (key) => key,
          concurrency: CONCURRENCY,
          minIntervalMs: MIN_INTERVAL_MS,
          backoff: { baseMs: 100, maxMs: 1_000 },
          clock,
          random: () => 0.5,
          onError: (_key, error) => {
            // A failed expectation within a run would otherwise be tried again like any failure.
            if (error !== FAILURE) broken.push(error);
          },
          process: async (key) => {
            expect(running.has(key)).toBe(false);
            expect(running.size).toBeLessThan(CONCURRENCY);
            expect(clock.nowMs() - (lastBeginMs.get(key) ?? -Infinity)).toBeGreaterThanOrEqual(
              MIN_INTERVAL_MS,
            );
            lastBeginMs.set(key, clock.nowMs());
            running.add(key);
            const version = versions.get(key) ?? 0;
            const { ms, fails } = outcomes[turn++] ?? { ms: 0, fails: false };
            await new Promise<void>((resolve) => void clock.after(ms, resolve));
            running.delete(key);
            if (fails) throw FAILURE;
            seen.set(key, version);
            return undefined;
          },
        });
        queue.open();
        for (const one of steps) {
          if (one.do === 'advance') {
            await clock.advance(one.ms);
          } else {
            versions.set(one.key, (versions.get(one.key) ?? 0) + 1);
            queue.add(one.key, one.afterMs);
          }
        }
        await clock.advance(120_000);
        expect(broken).toEqual([]);
        expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(versions));
        expect(queue.depth + queue.running).toBe(0);
        await queue.idle();
      },
    ),
    { numRuns: 100 },
  );
});
