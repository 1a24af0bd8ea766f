import { expect, it } from 'vitest';
import { MediaLoad } from './media-load.ts';

it('is busy from 1,000 rows a second on until they are less than 400', () => {
  const load = new MediaLoad();
  let nowMs = 1_000_000;
  const states = [250, 900, 1_100, 450, 900, 350, 900, 1_100].map((rowsPerSecond) => {
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
  for (let row = 0; row < 10_000; row += 1) load.noteRow(row / 2);
  expect(load.isBusy).toBe(true);
  load.noteRow(60_000);
  expect(load.isBusy).toBe(false);
});
