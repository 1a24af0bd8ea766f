/** Two encoders make the same pictures of one source, and cut at the same ones; the one that is shown goes silent. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_MS, FRAME_TICKS, MergerTimeline, makeRandom, makeUnit } from '../../test/merging.ts';
import { ENCODER, findBadChange, findFault } from '../../test/sent-units.ts';

const VIDEO = [{ clockRate: 90_000, isVideo: true }];
const UNITS = 260;

/** A machine that is busy: what comes from a unit on, of so many, comes at once with the next. */
const stall = fc.record({ from: fc.integer({ min: 60, max: 200 }), units: fc.integer({ min: 0, max: 15 }) });
const scenes = fc.record({
  gop: fc.constantFrom(5, 10, 25, 50),
  seed: fc.nat(),
  /** How much later than the first the second encoder brings a picture; not sooner by more than encoders are apart. */
  apartMs: fc.integer({ min: -150, max: 900 }),
  jitterMs: fc.constantFrom(0, 8, 30),
  diesAt: fc.integer({ min: 70, max: 200 }),
  /** Of its last pictures so many come late, and all at once: its machine is going down. */
  diesBusyFor: fc.integer({ min: 0, max: 4 }),
  isClosed: fc.boolean(),
  stalls: fc.array(stall, { maxLength: 2 }),
});
type Scene = typeof scenes extends fc.Arbitrary<infer Value> ? Value : never;

test('no picture is missed when the encoder that is shown goes silent, wherever the other cuts, late or in bursts', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const { sent, counters } = play(scene);
      // Where both pause at once, what is shown may go back to the first, whose pictures before its next key frame are lost.
      fc.pre(counters.switches === 1);
      expect(findFault(sent)).toBeUndefined();
      expect(findBadChange(sent)).toBeUndefined();
      const numbers = new Set(sent.map(({ unit }) => unit.identity % ENCODER));
      const [first = 0, last = 0] = [Math.min(...numbers), Math.max(...numbers)];
      expect(last).toBe(UNITS - 1);
      expect(numbers.size).toBe(last - first + 1);
    }),
    { numRuns: 10_000 },
  );
}, 600_000);

function play({
  gop,
  seed,
  apartMs,
  jitterMs,
  diesAt,
  diesBusyFor,
  isClosed,
  stalls,
}: Scene): MergerTimeline {
  const random = makeRandom(seed);
  const timeline = new MergerTimeline(VIDEO);
  const delaysMs = [Math.max(0, -apartMs), Math.max(0, apartMs)];
  for (const [leg, delayMs] of delaysMs.entries()) {
    // The first is shown: it is there before.
    const begins = leg * 30;
    timeline.open(begins * FRAME_MS - 1, leg);
    let atMs = 0;
    const busy = leg === 0 ? [{ from: diesAt - diesBusyFor, units: diesBusyFor }] : stalls;
    for (let n = begins; n < UNITS; n += 1) {
      if (leg === 0 && n >= diesAt) break;
      const held = busy.find(({ from, units }) => n >= from && n < from + units);
      const leavesAt = held === undefined ? n : held.from + held.units;
      atMs = Math.max(atMs + 0.001, leavesAt * FRAME_MS + delayMs + random(jitterMs + 1));
      const identity = (leg + 1) * ENCODER + n;
      timeline.unit(
        atMs,
        leg,
        makeUnit({ identity, ticks: n * FRAME_TICKS + leg * 777, key: n % gop === 0 }),
      );
    }
    if (leg === 0 && isClosed) timeline.close(atMs + 20, leg);
  }
  timeline.play();
  return timeline;
}
