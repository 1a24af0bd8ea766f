import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CAMERA_TRACKS,
  type CameraUnit,
  FRAME_MS,
  makeCamera,
  type PlayedLeg,
  playLeg,
  type ReceivedUnit,
  UnitReader,
} from '../../test/camera-legs.ts';
import { packetsIn, rowOf } from '../../test/packet-runs.ts';
import { toSequence, toTimestamp } from '../rtp/sequence.ts';
import { LegMerger } from './leg-merger.ts';
import { createMergerCounters } from './merger-counters.ts';

const FRAMES = 140;
/** No leg is away, and none loses a packet, before this: the stream begins with all of them. */
const CALM_MS = 2_000;
/** A leg that comes back is known to be the same stream when the other has brought so much of it again. */
const KNOWN_AFTER_MS = 1_000;
const RUNS = 10_000;

const leg = fc.record({
  seed: fc.nat(),
  delayMs: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 1_900 })),
  jitterMs: fc.constantFrom(0, 10, 60),
  lost: fc.constantFrom(0, 0, 1, 5, 20),
  doubled: fc.constantFrom(0, 0, 5),
  swapped: fc.constantFrom(0, 0, 3),
  fragmentBytes: fc.constantFrom(200, 600, 1_460),
  roundsToMs: fc.boolean(),
});
const outageFrom = (fromMs: number) =>
  fc.record({
    leg: fc.nat(2),
    fromMs: fc.integer({ min: fromMs, max: fromMs + 800 }),
    // A leg that is silent for a second is not waited for, and may lose some units in a row besides.
    lastsMs: fc.integer({ min: 40, max: 600 }),
    kind: fc.constantFrom('closed' as const, 'frozen' as const),
  });
const scenes = fc.record({
  gop: fc.constantFrom(10, 25, 50),
  bFrames: fc.constantFrom(0, 0, 1, 2),
  still: fc.constantFrom([0, 0] as const, [60, 90] as const, [0, FRAMES] as const),
  hasAudio: fc.boolean(),
  legs: fc.array(leg, { minLength: 2, maxLength: 3 }),
  outages: fc.tuple(outageFrom(CALM_MS), outageFrom(4_300)),
});
type Scene = typeof scenes extends fc.Arbitrary<infer Value> ? Value : never;

test('whatever legs of one camera delay, lose, double, reorder and restart, each unit goes out once, whole, in order and in time, and none that a known leg brought is missing', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      fc.pre(!isAmbiguous(scene) && !isUnordered(scene));
      expectWholeStream(scene);
    }),
    { numRuns: RUNS },
  );
}, 600_000);

const LEG = {
  seed: 0,
  jitterMs: 0,
  lost: 0,
  doubled: 0,
  swapped: 0,
  fragmentBytes: 200,
  roundsToMs: false,
} as const;
const NEVER = { leg: 2, fromMs: 4_300, lastsMs: 40, kind: 'closed' } as const;

test.each<[string, Scene]>([
  [
    'a leg that comes back in a stillness, a GOP ahead of the other, with B-frames',
    {
      ...{ gop: 10, bFrames: 1, still: [60, 90], hasAudio: false },
      legs: [
        { ...LEG, delayMs: 0 },
        { ...LEG, delayMs: 397, jitterMs: 10 },
      ],
      outages: [{ leg: 0, fromMs: 2_166, lastsMs: 555, kind: 'closed' }, NEVER],
    },
  ],
  [
    'a leg that comes back in a stillness, a GOP ahead of the other, which jitters',
    {
      ...{ gop: 10, bFrames: 2, still: [60, 90], hasAudio: false },
      legs: [
        { ...LEG, delayMs: 360, jitterMs: 60 },
        { ...LEG, delayMs: 0, jitterMs: 60, seed: 669_904_744, fragmentBytes: 600 },
      ],
      outages: [{ leg: 1, fromMs: 2_123, lastsMs: 558, kind: 'closed' }, NEVER],
    },
  ],
  [
    'a leg that takes over within a picture that is always still, from one that loses half of it',
    {
      ...{ gop: 50, bFrames: 0, still: [0, FRAMES], hasAudio: false },
      legs: [
        { ...LEG, delayMs: 53 },
        { ...LEG, delayMs: 285, seed: 2_008_120_206, jitterMs: 10, lost: 20, swapped: 3 },
      ],
      outages: [{ leg: 0, fromMs: 2_621, lastsMs: 900, kind: 'closed' }, NEVER],
    },
  ],
  [
    'a leg that comes back in silence, and is alone when somebody begins to speak',
    {
      ...{ gop: 10, bFrames: 0, still: [60, 90], hasAudio: true },
      legs: [
        { ...LEG, delayMs: 0 },
        { ...LEG, delayMs: 687, jitterMs: 60 },
      ],
      outages: [
        { leg: 0, fromMs: 2_252, lastsMs: 129, kind: 'closed' },
        { leg: 1, fromMs: 4_300, lastsMs: 40, kind: 'closed' },
      ],
    },
  ],
  [
    'legs whose servers round the timestamps of their sound',
    {
      ...{ gop: 10, bFrames: 0, still: [0, 0], hasAudio: true },
      legs: [
        { ...LEG, delayMs: 46, seed: 676_601_640, roundsToMs: true },
        { ...LEG, delayMs: 46, roundsToMs: true },
        { ...LEG, delayMs: 0, seed: 414_094_785, jitterMs: 60, fragmentBytes: 1_460 },
      ],
      outages: [
        { leg: 1, fromMs: 2_000, lastsMs: 421, kind: 'closed' },
        { leg: 0, fromMs: 4_300, lastsMs: 461, kind: 'closed' },
      ],
    },
  ],
  [
    'a leg far ahead of one that has what the others lost',
    {
      ...{ gop: 10, bFrames: 0, still: [0, 0], hasAudio: false },
      legs: [
        { ...LEG, delayMs: 346, jitterMs: 10, lost: 20, fragmentBytes: 600 },
        { ...LEG, delayMs: 0 },
        { ...LEG, delayMs: 1_430, jitterMs: 60, fragmentBytes: 1_460 },
      ],
      outages: [
        { leg: 1, fromMs: 2_539, lastsMs: 702, kind: 'closed' },
        { leg: 0, fromMs: 4_721, lastsMs: 40, kind: 'closed' },
      ],
    },
  ],
  [
    'a leg that comes in while units wait and those that carry are late',
    {
      ...{ gop: 10, bFrames: 0, still: [0, 0], hasAudio: false },
      legs: [
        { ...LEG, delayMs: 0, lost: 20 },
        { ...LEG, delayMs: 481, seed: 726_361_818, lost: 20, roundsToMs: true },
        { ...LEG, delayMs: 1 },
      ],
      outages: [
        { leg: 0, fromMs: 2_000, lastsMs: 40, kind: 'frozen' },
        { leg: 2, fromMs: 4_854, lastsMs: 147, kind: 'closed' },
      ],
    },
  ],
])('so does %s', (_, scene) => expectWholeStream(scene));

function expectWholeStream(scene: Scene): void {
  const { reader, legs, source, switches } = merge(scene);
  expect(reader.gaps).toBe(0);
  expect(reader.units.filter((unit) => !unit.isIntact)).toEqual([]);
  for (const track of scene.hasAudio ? [0, 1] : [0]) {
    const made = source.filter((unit) => unit.track === track);
    const sent = reader.units.filter((unit) => unit.track === track);
    // Without a leg for a moment, or with one that is late for longer than the threshold, the clock was set anew.
    if (switches > 0) {
      if (!losesUnits(scene)) expectTimeGoesOn(sent, scene.bFrames);
      continue;
    }
    const times = placeInTime(sent, made, track);
    expect(times.map((index) => made[index]?.content)).toEqual(sent.map(({ content }) => content));
    expect(times).toEqual([...new Set(times)].toSorted((one, other) => one - other));
    const went = new Set(times);
    const first = times[0] ?? 0;
    const missing = made.filter((unit, index) => index >= first && !went.has(index) && isDue(unit, legs));
    expect(missing).toEqual([]);
  }
}

/** A picture that was still from the beginning does not tell by how many GOPs legs are apart. */
function isAmbiguous({ still, gop, legs }: Scene): boolean {
  const delaysMs = legs.map(({ delayMs }) => delayMs);
  const apartMs = Math.max(...delaysMs) - Math.min(...delaysMs);
  return still[0] === 0 && still[1] > 0 && 2 * (apartMs + 120) > gop * FRAME_MS;
}

/** Of B-frames that are lost, the order of sending is not always known; what is lost of sound is tried by itself. */
function isUnordered(scene: Scene): boolean {
  return (scene.bFrames > 0 || scene.hasAudio) && losesUnits(scene);
}

function losesUnits({ legs }: Scene): boolean {
  return legs.some(({ lost, swapped }) => lost + swapped > 0);
}

interface Merging {
  readonly reader: UnitReader;
  readonly legs: readonly PlayedLeg[];
  readonly source: readonly CameraUnit[];
  readonly switches: number;
}

function merge(scene: Scene): Merging {
  const source = makeCamera({ ...scene, frames: FRAMES });
  const legs = scene.legs.map((options, index) =>
    playLeg(source, {
      ...options,
      faultsFromMs: CALM_MS,
      outages: scene.outages
        .filter((each) => each.leg === index)
        .map(({ fromMs, lastsMs, kind }) => ({ fromMs, toMs: fromMs + lastsMs, kind })),
    }),
  );
  const reader = new UnitReader();
  const counters = createMergerCounters();
  const merger = new LegMerger({
    tracks: CAMERA_TRACKS.slice(0, scene.hasAudio ? 2 : 1),
    seeds: CAMERA_TRACKS.map((_, track) => ({
      ssrc: track,
      sequence: toSequence(65_530),
      timestamp: toTimestamp(2 ** 32 - 90_000),
    })),
    legs: [],
    latenessMs: 200,
    counters,
    onPackets: (track, packets) => {
      for (const packet of packetsIn(packets)) reader.take(track, packet);
    },
  });
  merger.start(0);
  const events = legs.flatMap((played, index) =>
    played.events.map((event) => ({ ...event, id: `${index}` })),
  );
  events.sort((one, other) => one.atMs - other.atMs);
  let dueMs = Number.POSITIVE_INFINITY;
  const row: Buffer[] = [];
  for (const [index, event] of events.entries()) {
    while (dueMs < event.atMs) dueMs = merger.tick(dueMs);
    const { id, input, atMs } = event;
    if (input !== undefined) {
      row.push(input.packet);
      const next = events[index + 1];
      // What arrives at once is taken at once.
      if (next?.atMs === atMs && next.id === id && next.input?.track === input.track) continue;
      merger.input(id, input.track, rowOf(...row.splice(0)), atMs);
    } else if (event.isOpen) merger.openLeg(id, CAMERA_TRACKS, atMs);
    else merger.closeLeg(id, atMs);
    dueMs = merger.findDueMs(event.atMs);
  }
  while (Number.isFinite(dueMs)) dueMs = merger.tick(dueMs);
  return { reader, legs, source, switches: counters.switches };
}

/** No unit is sent twice or behind a later one, but in a still picture, and time never steps back. */
function expectTimeGoesOn(sent: readonly ReceivedUnit[], bFrames: number): void {
  const telling = sent.filter(({ content }) => content < 1e6 || content >= 3e6);
  const contents = telling.map(({ content }) => content);
  expect(contents).toEqual([...new Set(contents)].toSorted((one, other) => one - other));
  if (bFrames > 0) return;
  const back = sent.filter(({ ticks }, index) => index > 0 && ticks <= (sent[index - 1]?.ticks ?? 0));
  expect(back).toEqual([]);
}

/** Where among what the camera made each unit stands, by its timestamp; the first by its content too. */
function placeInTime(sent: readonly ReceivedUnit[], made: readonly CameraUnit[], track: number): number[] {
  const clockRate = CAMERA_TRACKS[track]?.clockRate ?? 0;
  const places = new Map(made.map((unit, index) => [unit.shownMs, index]));
  const told = sent.findIndex(({ content }) => content < 1e6 || content >= 3e6);
  const known = made.find(({ content }) => content === sent[Math.max(0, told)]?.content);
  const offsetMs = (known?.shownMs ?? 0) - ((sent[Math.max(0, told)]?.ticks ?? 0) * 1_000) / clockRate;
  const gridMs = track === 0 ? FRAME_MS : FRAME_MS / 2;
  return sent.map(({ ticks }) => {
    const shownMs = (ticks * 1_000) / clockRate + offsetMs;
    return places.get(Math.round(shownMs / gridMs) * gridMs) ?? -1;
  });
}

/** Whether a leg brought the unit whole, at a time when it was known to be of the same stream. */
function isDue(unit: CameraUnit, legs: readonly PlayedLeg[]): boolean {
  return legs.some((played) => {
    const atMs = played.whole.get(unit);
    return atMs !== undefined && atMs >= openedBefore(played, atMs) + KNOWN_AFTER_MS + spreadOf(legs);
  });
}

function openedBefore(played: PlayedLeg, atMs: number): number {
  let openedMs = 0;
  for (const event of played.events)
    if (event.isOpen && event.input === undefined && event.atMs <= atMs) openedMs = event.atMs;
  return openedMs;
}

function spreadOf(legs: readonly PlayedLeg[]): number {
  const firsts = legs.map((played) => played.events[0]?.atMs ?? 0);
  return Math.max(...firsts) - Math.min(...firsts);
}
