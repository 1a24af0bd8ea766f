import { expect, test } from 'vitest';
import { compareEncodings } from './encodings.ts';

const GOP = 5;
const A = Array.from({ length: 20 }, (_, index) => `a${index}`);
const B = Array.from({ length: 20 }, (_, index) => `b${index}`);
const compare = (...received: string[]) => compareEncodings([A, B], received, GOP);

test('a switch to a key picture of the other encoding misses and breaks nothing', () => {
  expect(compare('a0', 'a1', 'a2', 'b5', 'b6')).toEqual({ missing: 0, broken: 0 });
});

test('a switch into the middle of a group breaks what follows', () => {
  expect(compare('a0', 'a1', 'b6', 'b7')).toEqual({ missing: 0, broken: 1 });
});

test('a picture left out within a run is missing', () => {
  expect(compare('b5', 'b6', 'b9')).toEqual({ missing: 2, broken: 0 });
});

test('a picture of no encoding is broken, and ends no run', () => {
  expect(compare('a0', 'c1', 'a1')).toEqual({ missing: 0, broken: 1 });
});
