import { expect, test } from 'vitest';
import { measureNumbered } from './numbered-figures.ts';

/** Each picture arrives 40 ms after the one before, from the fault on. */
function measure(...words: string[]) {
  const sessions = [{ beganMs: 0, firstPictureMs: 0 }];
  const record = { hashes: words, atMs: words.map((_, index) => 5_000 + index * 40), sessions };
  return measureNumbered(record, { faultMs: 5_000, endMs: 60_000 });
}
const pictures = (...numbers: number[]) => numbers.map((number) => `${number}/2`);

test.each([
  { what: 'every picture once', shown: [7, 8, 9], framesLost: 0, repeated: 0, gapMs: 0 },
  { what: 'a hole', shown: [7, 8, 11], framesLost: 2, repeated: 0, gapMs: 0 },
  {
    what: 'a hole that another encoder fills',
    ...{ shown: [7, 8, 11, 9, 10, 11, 12], framesLost: 0, repeated: 1, gapMs: 120 },
  },
  { what: 'going on from before', shown: [7, 8, 9, 8, 9, 10], framesLost: 0, repeated: 2, gapMs: 80 },
  {
    what: 'the numbers beginning again',
    shown: [65_534, 65_535, 0, 2],
    framesLost: 1,
    repeated: 0,
    gapMs: 0,
  },
])('$what', ({ shown, framesLost, repeated, gapMs }) => {
  expect(measure(...pictures(...shown))).toEqual({ framesLost, repeated, gapMs, broken: 0 });
});

test('a corrupt picture counts as such, its number for nothing, and it is no progress', () => {
  const figures = { framesLost: 0, repeated: 0, broken: 1, gapMs: 40 };
  expect(measure('7/2', '900/80', '8/2', '9/2')).toEqual(figures);
});

test('what a viewer saw at its own beginning does not count', () => {
  const record = {
    hashes: ['1/90', '7/2', '8/2'],
    atMs: [3_000, 5_000, 5_040],
    sessions: [{ beganMs: 0, firstPictureMs: 3_000 }],
  };
  const figures = measureNumbered(record, { faultMs: 5_000, endMs: 60_000 });
  expect(figures).toEqual({ framesLost: 0, repeated: 0, broken: 0, gapMs: 0 });
});

test('a viewer that saw nothing lost nothing that is known', () => {
  expect(measure()).toEqual({ framesLost: 0, repeated: 0, broken: 0, gapMs: 0 });
});
