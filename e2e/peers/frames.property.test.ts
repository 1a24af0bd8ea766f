import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareFrames, isWhole } from './frames.ts';

/** Few different hashes, so that frames repeat as in a still scene. */
const repeating = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 60 });
/** Every frame unlike any other, as with a clock in the picture. */
const unique = fc.integer({ min: 3, max: 60 }).map((n) => Array.from({ length: n }, (_, i) => `frame ${i}`));

const withSpan = (frames: fc.Arbitrary<string[]>) =>
  frames.chain((sent) =>
    fc.tuple(fc.constant(sent), fc.nat(sent.length - 1), fc.integer({ min: 1, max: sent.length })),
  );

test('any run of consecutive frames is whole, repeated frames or not', () => {
  fc.assert(
    fc.property(withSpan(repeating), ([sent, from, length]) => {
      expect(isWhole(compareFrames(sent, sent.slice(from, from + length)))).toBe(true);
    }),
  );
});

test('each frame taken out of the middle is counted as missing', () => {
  const cases = unique.chain((sent) => fc.tuple(fc.constant(sent), fc.subarray(sent.slice(1, -1))));
  fc.assert(
    fc.property(cases, ([sent, lost]) => {
      const received = sent.filter((hash) => !lost.includes(hash));
      expect(compareFrames(sent, received)).toEqual({
        received: received.length,
        first: 0,
        missing: lost.length,
        foreign: 0,
        outOfOrder: 0,
      });
    }),
  );
});

test('a frame that was never sent is foreign, one that comes again is out of order', () => {
  fc.assert(
    fc.property(
      unique.chain((sent) => fc.tuple(fc.constant(sent), fc.integer({ min: 1, max: sent.length - 1 }))),
      ([sent, at]) => {
        const foreign = [...sent.slice(0, at), 'foreign', ...sent.slice(at)];
        expect(compareFrames(sent, foreign)).toMatchObject({ missing: 0, foreign: 1, outOfOrder: 0 });
        const again = [...sent.slice(0, at), sent[0]!, ...sent.slice(at)];
        expect(compareFrames(sent, again)).toMatchObject({ missing: 0, foreign: 0, outOfOrder: 1 });
      },
    ),
  );
});

test('nothing received is not whole', () => {
  expect(isWhole(compareFrames(['a'], []))).toBe(false);
  expect(compareFrames(['a'], ['z'])).toMatchObject({ first: -1, foreign: 1 });
});
