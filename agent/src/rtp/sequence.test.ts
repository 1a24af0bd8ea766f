import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addSteps,
  stepsBetween,
  TimestampUnwrapper,
  ticksBetween,
  toSequence,
  toTimestamp,
} from './sequence.ts';

/** Where wrap-around arithmetic goes wrong. */
const SEQUENCE_EDGES = [0, 1, 2 ** 15 - 1, 2 ** 15, 2 ** 15 + 1, 2 ** 16 - 1].map(toSequence);
const TIMESTAMP_EDGES = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1].map(toTimestamp);

describe('from every awkward start', () => {
  test.each(SEQUENCE_EDGES)('%i: steps forward and back are found again', (start) => {
    for (const steps of [0, 1, -1, 32_767, -32_768]) {
      expect(stepsBetween(start, addSteps(start, steps))).toBe(steps);
    }
  });

  test.each(TIMESTAMP_EDGES)(
    '%i: ticks forward and back are found again, and counted on without a wrap',
    (start) => {
      const unwrapper = new TimestampUnwrapper();
      expect(unwrapper.unwrap(start)).toBe(start);
      let at: number = start;
      for (const ticks of [0, 1, -1, 2 ** 31 - 1, 3600, 2 ** 31 - 1, 2 ** 31 - 1, -3600]) {
        expect(ticksBetween(toTimestamp(at), toTimestamp(at + ticks))).toBe(ticks);
        at += ticks;
        expect(unwrapper.unwrap(toTimestamp(at))).toBe(at);
      }
    },
  );
});

test('a timestamp is the low 32 bits of any count of ticks', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (ticks) => {
      expect(BigInt(toTimestamp(ticks))).toBe(BigInt.asUintN(32, BigInt(ticks)));
    }),
  );
});
