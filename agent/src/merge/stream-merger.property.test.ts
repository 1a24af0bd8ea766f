import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_MS, FRAME_TICKS, MergerTimeline, makeRandom, makeUnit } from '../../test/merging.ts';
import { ENCODER, findBadChange, findFault } from '../../test/sent-units.ts';

const UNITS = 260;
const VIDEO = [{ clockRate: 90_000, isVideo: true }];

/** A leg that is silent for a second is not waited for. */
const MAX_STALL_UNITS = 22;

/** Two legs of one encoder: each its own delay, jitter, losses, times when it is closed and comes back, or stalls. */
const sameEncoder = fc.record({
  gop: fc.constantFrom(5, 10, 25),
  seed: fc.integer(),
  delaysMs: fc.tuple(fc.integer({ min: 0, max: 1_500 }), fc.integer({ min: 0, max: 1_500 })),
  lossPercent: fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 })),
  outages: fc.array(
    fc.record({
      leg: fc.nat(1),
      from: fc.integer({ min: 50, max: 130 }),
      units: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 2 },
  ),
  stalls: fc.array(
    fc.record({
      leg: fc.nat(1),
      from: fc.integer({ min: 50, max: 220 }),
      units: fc.integer({ min: 1, max: MAX_STALL_UNITS }),
    }),
    { maxLength: 2 },
  ),
});

test('whatever two legs of one encoder delay, lose, reorder in time and restart, each unit goes out at most once, in order, and none that a known leg brought is missing', () => {
  fc.assert(
    fc.property(sameEncoder, ({ gop, seed, delaysMs, lossPercent, outages, stalls }) => {
      const random = makeRandom(seed);
      const timeline = new MergerTimeline(VIDEO);
      const brought = new Set<number>();
      const lagUnits = Math.ceil(Math.abs(delaysMs[0] - delaysMs[1]) / FRAME_MS);
      for (const leg of [0, 1] as const) {
        let isOpen = false;
        let knownFrom = 0;
        let base = 0;
        let atMs = 0;
        for (let n = 0; n < UNITS; n += 1) {
          const stall = stalls.find(
            (each) => each.leg === leg && n >= each.from && n < each.from + each.units,
          );
          const leaves = stall === undefined ? n : stall.from + stall.units;
          atMs = Math.max(atMs + 0.001, leaves * FRAME_MS + delaysMs[leg] + random(31));
          const isOut = outages.some(
            (each) => each.leg === leg && n >= each.from && n < each.from + each.units,
          );
          const otherIsOut = outages.some(
            (each) => each.leg !== leg && n >= each.from - 60 && n < each.from + each.units + 60,
          );
          if (isOut && !otherIsOut) {
            if (isOpen) timeline.close(atMs, leg);
            isOpen = false;
            continue;
          }
          if (!isOpen) {
            timeline.open(atMs - 0.0005, leg);
            base += 1 + random(2 ** 31);
            // A leg that comes back is known once some units of it have been seen to be those of the other.
            knownFrom = n + 12 + lagUnits;
            isOpen = true;
          }
          // What one leg lost the other may not bring within the usual time: a stall comes without losses.
          if (n > 30 && stalls.length === 0 && random(100) < lossPercent[leg]) continue;
          if (n >= knownFrom) brought.add(n);
          const key = n % gop === 0;
          timeline.unit(
            atMs,
            leg,
            makeUnit({ identity: n, ticks: base + n * FRAME_TICKS, key, bytes: key ? 5_000 : 500 }),
          );
        }
      }
      timeline.play();
      const sent = timeline.sent.map(({ unit }) => unit.identity);
      expect(findFault(timeline.sent)).toBeUndefined();
      const went = new Set(sent);
      const first = Math.max(60, sent[0] ?? UNITS);
      const missing = [...brought].filter((n) => n >= first && n < UNITS - lagUnits - 10 && !went.has(n));
      expect(missing).toEqual([]);
    }),
    { numRuns: 10_000 },
  );
}, 600_000);

test('between legs of two encoders it changes at key frames alone, each goes on where it was left, and time runs on', () => {
  const twoEncoders = fc.record({
    gops: fc.tuple(fc.constantFrom(5, 12, 25), fc.constantFrom(5, 12, 25)),
    seed: fc.integer(),
    delayMs: fc.integer({ min: 0, max: 900 }),
    faults: fc.array(
      fc.record({
        leg: fc.nat(1),
        from: fc.integer({ min: 30, max: 200 }),
        units: fc.integer({ min: 8, max: 60 }),
        kind: fc.constantFrom('closed', 'frozen'),
      }),
      { maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(twoEncoders, ({ gops, seed, delayMs, faults }) => {
      const random = makeRandom(seed);
      const timeline = new MergerTimeline(VIDEO);
      for (const leg of [0, 1] as const) {
        let isOpen = false;
        let base = 0;
        let atMs = 0;
        for (let n = 0; n < UNITS; n += 1) {
          const fault = faults.find(
            (each) => each.leg === leg && n >= each.from && n < each.from + each.units,
          );
          const thaw = fault?.kind === 'frozen' ? fault.from + fault.units : n;
          atMs = Math.max(atMs + 0.01, thaw * FRAME_MS + leg * delayMs + random(31));
          if (fault?.kind === 'closed') {
            if (isOpen) timeline.close(atMs, leg);
            isOpen = false;
            continue;
          }
          if (!isOpen) {
            timeline.open(atMs - 0.001, leg);
            base += 1 + random(2 ** 31);
            isOpen = true;
          }
          const identity = (leg + 1) * ENCODER + n;
          timeline.unit(
            atMs,
            leg,
            makeUnit({ identity, ticks: base + n * FRAME_TICKS, key: n % gops[leg] === 0 }),
          );
        }
      }
      timeline.play();
      expect(findFault(timeline.sent)).toBeUndefined();
      expect(findBadChange(timeline.sent)).toBeUndefined();
    }),
    { numRuns: 10_000 },
  );
}, 600_000);
