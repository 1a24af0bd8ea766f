import { expect, it } from 'vitest';
import { legRetryDelayMs } from './leg-retry.ts';

it('is steady for a leg that was live, and backs off for one that never was', () => {
  const never = (failures: number) => legRetryDelayMs({ failures, lastLiveMs: undefined, nowMs: 1e6 });
  expect([1, 2, 3, 4, 5, 500].map(never)).toEqual([200, 400, 800, 1_600, 2_000, 2_000]);
  expect(legRetryDelayMs({ failures: 50, lastLiveMs: 1e6 - 59_999, nowMs: 1e6 })).toBe(200);
  expect(legRetryDelayMs({ failures: 300, lastLiveMs: 1e6 - 60_000, nowMs: 1e6 })).toBe(2_000);
});
