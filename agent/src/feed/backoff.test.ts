import { expect, it } from 'vitest';
import { reconnectDelayMs } from './backoff.ts';

it('doubles from 100 ms to 2 s, half of it by chance', () => {
  expect([1, 2, 3, 5, 6, 500].map((failures) => reconnectDelayMs(failures, 1))).toEqual([
    100, 200, 400, 1_600, 2_000, 2_000,
  ]);
  expect(reconnectDelayMs(6, 0)).toBe(1_000);
});
