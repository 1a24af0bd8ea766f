/** Two workers encode one source, both sides of a factory take one of the two, and a relay joins the sides. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_MS, FRAME_TICKS, MergerTimeline, makeRandom, makeUnit } from '../../test/merging.ts';
import { ENCODER, findBadChange, findUnmarkedFault } from '../../test/sent-units.ts';

const VIDEO = [{ clockRate: 90_000, isVideo: true }];
const UNITS = 320;
/** All is well before, and after what comes last. */
const CALM_UNITS = 60;

const fault = fc.record({
  side: fc.nat(1),
  worker: fc.nat(1),
  from: fc.integer({ min: CALM_UNITS, max: 200 }),
  units: fc.integer({ min: 3, max: 60 }),
  kind: fc.constantFrom('closed' as const, 'frozen' as const),
});
const scenes = fc.record({
  gop: fc.constantFrom(10, 25, 50),
  seed: fc.nat(),
  /** From the source to the workers' rendition, and from a side to the relay, ms. */
  workerDelaysMs: fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 150 })),
  sideDelaysMs: fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
  jitterMs: fc.constantFrom(0, 8, 30),
  /** A worker that is lost to both sides, not at the very same moment. */
  lost: fc.option(
    fc.record({ worker: fc.nat(1), at: fc.integer({ min: CALM_UNITS, max: 200 }), apartMs: fc.nat(500) }),
  ),
  faults: fc.array(fault, { maxLength: 2 }),
});
type Scene = typeof scenes extends fc.Arbitrary<infer Value> ? Value : never;

test('whatever each side of a factory loses of two encoders, a relay mixes nothing and sends nothing twice', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const { sent } = relay(scene);
      expect(findUnmarkedFault(sent)).toBeUndefined();
      expect(findBadChange(sent)).toBeUndefined();
    }),
    { numRuns: 3_000 },
  );
}, 600_000);

export function relay(scene: Scene): MergerTimeline {
  const random = makeRandom(scene.seed);
  const timeline = new MergerTimeline(VIDEO);
  for (const side of [0, 1] as const) {
    timeline.open(-1, side);
    let atMs = 0;
    for (const { unit, ticks, atMs: sentMs } of showSide(scene, side, random).sent) {
      atMs = Math.max(atMs + 0.001, sentMs + scene.sideDelaysMs[side] + random(scene.jitterMs + 1));
      timeline.unit(atMs, side, makeUnit({ ...unit, ticks: ticks + side * 12_345 }));
    }
  }
  timeline.play();
  return timeline;
}

export function showSide(scene: Scene, side: 0 | 1, random: (below: number) => number): MergerTimeline {
  const { gop, workerDelaysMs, jitterMs } = scene;
  const timeline = new MergerTimeline(VIDEO);
  for (const worker of [0, 1] as const) {
    let isOpen = false;
    let atMs = 0;
    for (let n = 0; n < UNITS; n += 1) {
      const [kind, until] = stateOf(scene, side, worker, n);
      const dueMs = (kind === 'frozen' ? until : n) * FRAME_MS + workerDelaysMs[worker];
      atMs = Math.max(atMs + 0.01, dueMs + random(jitterMs + 1));
      if (kind === 'lost') break;
      if (kind === 'closed') {
        if (isOpen) timeline.close(atMs, worker);
        isOpen = false;
        continue;
      }
      if (!isOpen) timeline.open(atMs - 0.001, worker);
      isOpen = true;
      const identity = (worker + 1) * ENCODER + n;
      const ticks = n * FRAME_TICKS + worker * 54_321;
      timeline.unit(atMs, worker, makeUnit({ identity, ticks, key: n % gop === 0, bytes: 3_000 }));
    }
  }
  timeline.play();
  return timeline;
}

/** How a side has a worker when that brings its nth unit; `until`: the unit with which a freeze ends. */
function stateOf(
  { faults, lost }: Scene,
  side: number,
  worker: number,
  n: number,
): readonly [kind: 'whole' | 'frozen' | 'closed' | 'lost', until: number] {
  const lostAt = lost?.worker === worker ? lost.at + (side * lost.apartMs) / FRAME_MS : UNITS;
  if (n >= lostAt) return ['lost', UNITS];
  for (const each of faults) {
    if (each.side !== side || each.worker !== worker || n < each.from || n >= each.from + each.units)
      continue;
    return [each.kind, each.from + each.units];
  }
  return ['whole', n];
}
