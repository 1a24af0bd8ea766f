import { expect, test } from 'vitest';
import { measureNumbered } from './numbered-figures.ts';

const pictures = (...numbers: number[]) => numbers.map((number) => `${number}/2`);

test.each([
  { what: 'every picture once', shown: [7, 8, 9], framesLost: 0, repeated: 0 },
  { what: 'a hole', shown: [7, 8, 11], framesLost: 2, repeated: 0 },
  { what: 'a hole that another encoder fills', shown: [7, 8, 11, 9, 10, 11, 12], framesLost: 0, repeated: 1 },
  { what: 'going on from a key frame of before', shown: [7, 8, 9, 8, 9, 10], framesLost: 0, repeated: 2 },
  { what: 'the numbers beginning again', shown: [65_534, 65_535, 0, 2], framesLost: 1, repeated: 0 },
])('$what', ({ shown, framesLost, repeated }) => {
  expect(measureNumbered(pictures(...shown))).toEqual({ framesLost, repeated, broken: 0 });
});

test('a corrupt picture counts as such, and its number for nothing', () => {
  expect(measureNumbered(['7/2', '900/80', '8/2', '9/2'])).toEqual({ framesLost: 0, repeated: 0, broken: 1 });
});

test('a viewer that saw nothing lost nothing that is known', () => {
  expect(measureNumbered([])).toEqual({ framesLost: 0, repeated: 0, broken: 0 });
});
