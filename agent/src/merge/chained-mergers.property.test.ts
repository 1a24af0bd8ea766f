/** Two workers encode one source, both sides of a factory take one of the two, and a relay joins the sides. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_MS, FRAME_TICKS, MergerTimeline, makeRandom, makeUnit } from '../../test/merging.ts';
import { ENCODER, findBadChange, findUnmarkedFault } from '../../test/sent-units.ts';

const VIDEO = [{ clockRate: 90_000, isVideo: true }];
const UNITS = 320;
/** All is well before, and after what comes last. */
const CALM_UNITS = 60;

/** How a side has a worker from one of its units on, for so many of them. */
interface Fault {
  readonly side: number;
  readonly worker: number;
  readonly from: number;
  readonly units: number;
  readonly kind: 'closed' | 'frozen' | 'lost';
}
const fault = fc.record({
  side: fc.nat(1),
  worker: fc.nat(1),
  from: fc.integer({ min: CALM_UNITS, max: 200 }),
  units: fc.integer({ min: 3, max: 60 }),
  kind: fc.constantFrom('closed' as const, 'frozen' as const),
});
/** A worker that is lost to both sides, not at the very same moment. */
const lost = fc
  .record({
    worker: fc.nat(1),
    from: fc.integer({ min: CALM_UNITS, max: 200 }),
    apartUnits: fc.integer({ min: -12, max: 12 }),
  })
  .map(({ worker, from, apartUnits }) =>
    [0, 1].map((side) => {
      return { side, worker, from: from + side * apartUnits, units: UNITS, kind: 'lost' as const };
    }),
  );
const sceneParts = {
  gop: fc.constantFrom(10, 25, 50),
  seed: fc.nat(),
  /** From the source to the workers' rendition, and from a side to the relay, ms. */
  workerDelaysMs: fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 150 })),
  sideDelaysMs: fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
  jitterMs: fc.constantFrom(0, 8, 30),
};
const scenes = fc.record({
  ...sceneParts,
  faults: fc.oneof(fc.array(fault, { minLength: 1, maxLength: 2 }), lost),
});
type Scene = Omit<typeof scenes extends fc.Arbitrary<infer Value> ? Value : never, 'faults'> & {
  readonly faults: readonly Fault[];
  /** Goes silent when it loses a worker. */
  readonly deadSide?: number | undefined;
};

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

test('no picture is missed at the relay when both sides lose the worker that they show, or one dies with it', () => {
  const sceneOfLoss = fc.record({
    ...sceneParts,
    faults: lost,
    deadSide: fc.constantFrom(0, 1, undefined),
  });
  fc.assert(
    fc.property(sceneOfLoss, (scene) => {
      const numbers = new Set(relay(scene).sent.map(({ unit }) => unit.identity % ENCODER));
      expect(Math.max(...numbers)).toBe(UNITS - 1);
      expect(numbers.size).toBe(UNITS - Math.min(...numbers));
    }),
    { numRuns: 3_000 },
  );
}, 600_000);

function relay(scene: Scene): MergerTimeline {
  const random = makeRandom(scene.seed);
  const timeline = new MergerTimeline(VIDEO);
  for (const side of [0, 1] as const) {
    timeline.open(-1, side);
    const diesAt = Math.min(...scene.faults.map(({ from }) => from));
    const lastsMs = side === scene.deadSide ? diesAt * FRAME_MS : Number.POSITIVE_INFINITY;
    let atMs = 0;
    for (const { unit, ticks, atMs: sentMs } of showSide(scene, side, random).sent) {
      if (sentMs >= lastsMs) break;
      atMs = Math.max(atMs + 0.001, sentMs + scene.sideDelaysMs[side] + random(scene.jitterMs + 1));
      timeline.unit(atMs, side, makeUnit({ ...unit, ticks: ticks + side * 12_345 }));
    }
  }
  timeline.play();
  return timeline;
}

function showSide(scene: Scene, side: 0 | 1, random: (below: number) => number): MergerTimeline {
  const { gop, workerDelaysMs, jitterMs } = scene;
  const faults: readonly Fault[] = scene.faults;
  const timeline = new MergerTimeline(VIDEO);
  for (const worker of [0, 1] as const) {
    let isOpen = false;
    let atMs = 0;
    for (let n = 0; n < UNITS; n += 1) {
      const found = faults.find(
        (each) =>
          each.side === side && each.worker === worker && n >= each.from && n < each.from + each.units,
      );
      const dueUnit = found?.kind === 'frozen' ? found.from + found.units : n;
      atMs = Math.max(atMs + 0.01, dueUnit * FRAME_MS + workerDelaysMs[worker] + random(jitterMs + 1));
      if (found?.kind === 'lost') break;
      if (found?.kind === 'closed') {
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
