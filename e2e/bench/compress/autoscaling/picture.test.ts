import { expect, test } from 'vitest';
import { drawSeries, place } from './picture.ts';
import type { Moment } from './series.ts';

const MOMENT: Moment = { atMs: 0, cameras: 1, wanted: 1, workers: 1, ready: 1, cpuPercent: 20, frozenMs: 0 };

test('the time goes from one edge to the other', () => {
  expect(place(0, 60_000)).toBe(70);
  expect(place(60_000, 60_000)).toBe(740);
});

test('a number of workers holds until it changes, and then changes at once', () => {
  const svg = drawSeries([MOMENT, { ...MOMENT, atMs: 30_000, ready: 2 }], 70);
  const points = /class="ready" points="([^"]*)"/.exec(svg)?.[1]?.split(' ') ?? [];
  const [[from = '', before = ''] = [], [at = '', corner = ''] = [], [same = '', after = ''] = []] =
    points.map((point) => point.split(','));
  expect([from, at, same]).toEqual(['70', '740', '740']);
  expect(corner).toBe(before);
  expect(Number(after)).toBeLessThan(Number(before));
});

test('moments of which no use of CPU is known are left out of its curve', () => {
  const { cpuPercent: _, ...unknown } = MOMENT;
  const svg = drawSeries([unknown, { ...MOMENT, atMs: 30_000 }], 70);
  expect(/class="cpu" points="([^"]*)"/.exec(svg)?.[1]?.split(' ')).toHaveLength(1);
});
