import { expect, test } from 'vitest';
import { ArrivalLine } from './arrival-line.ts';
import { toTimestamp } from './sequence.ts';

test('the least delay counts, across a wrap of the timestamp', () => {
  const line = new ArrivalLine(90_000);
  const start = 2 ** 32 - 9000;
  for (const [frame, jitterMs] of [12, 30, 5, 40, 5, 60, 8].entries()) {
    expect(line.add(toTimestamp(start + frame * 3600), 1_000 + frame * 40 + jitterMs)).toBe(true);
  }
  expect(line.delayMs).toBeCloseTo(1_005 - start / 90);
  expect(line.ticks).toBe(start + 6 * 3600);
});

test('what lies two windows back is forgotten: a slower clock shows', () => {
  const line = new ArrivalLine(1_000);
  const delays: number[] = [];
  for (let ms = 0; ms <= 100_000; ms += 100) {
    // 1 ms in 1 s too slow.
    line.add(toTimestamp(Math.round(ms * 0.999)), ms);
    delays.push(line.delayMs);
  }
  expect(delays.at(-1)).toBeGreaterThan(95);
  expect(delays.at(-1)).toBeLessThanOrEqual(100);
});

test('a clock that jumps is told, and does not move the line', () => {
  const line = new ArrivalLine(90_000);
  expect(line.add(toTimestamp(0), 0)).toBe(true);
  expect(line.add(toTimestamp(90_000 * 12), 100)).toBe(false);
  expect(line.delayMs).toBe(0);
});
