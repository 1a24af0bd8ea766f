import { expect, it } from 'vitest';
import { MediaLoad } from './media-load.ts';

it('is busy from 4,000 rows a second on until they are less than 1,500', () => {
  const load = new MediaLoad();
  let nowMs = 1_000_000;
  const states = [1_000, 3_900, 4_100, 1_600, 3_900, 1_400, 3_900, 4_100].map((rowsPerSecond) => {
    for (let row = 0; row < 3 * rowsPerSecond; row += 1) {
      nowMs += 1_000 / rowsPerSecond;
      load.noteRow(nowMs);
    }
    return load.isBusy;
  });
  expect(states).toEqual([false, false, true, true, true, false, false, true]);
});

it('is calm after a pause, however much came before', () => {
  const load = new MediaLoad();
  for (let row = 0; row < 10_000; row += 1) load.noteRow(row / 8);
  expect(load.isBusy).toBe(true);
  load.noteRow(60_000);
  expect(load.isBusy).toBe(false);
});
