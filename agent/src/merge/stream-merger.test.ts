import { describe, expect, test } from 'vitest';
import { FRAME_MS, FRAME_TICKS, MergerTimeline, makeRandom, makeUnit } from '../../test/merging.ts';
import { toTimestamp } from '../rtp/sequence.ts';

const VIDEO = { clockRate: 90_000, isVideo: true };
const AUDIO = { clockRate: 48_000, isVideo: false };
const AAC_TICKS = 1_024;
const AAC_MS = (AAC_TICKS * 1_000) / AUDIO.clockRate;

function range(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

function open(timeline: MergerTimeline, legs = 2): void {
  for (let leg = 0; leg < legs; leg += 1) timeline.open(-1, leg);
}

test('pictures that leave out of the order of their timestamps (B-frames) go on through the death of a leg', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  const order = [0, ...range(60).flatMap((n) => [3 * n + 3, 3 * n + 1, 3 * n + 2])];
  for (const [index, picture] of order.entries()) {
    for (const leg of [0, 1]) {
      if (leg === 0 && index > 80) continue;
      const ticks = picture * FRAME_TICKS + leg * 777;
      const unit = makeUnit({ identity: 1 + picture, ticks, key: index % 30 === 0, bytes: 3_000 });
      timeline.unit(index * FRAME_MS + leg * 33, leg, unit);
    }
  }
  timeline.play();
  expect(timeline.sent.map(({ unit }) => unit.identity - 1)).toEqual(order);
});

test('a still picture, the same units in every GOP, confuses nothing: legs 300 ms apart, one away for 80 frames', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  for (const n of range(300)) {
    for (const leg of [0, 1]) {
      if (leg === 0 && n > 120 && n < 200) continue;
      const ticks = n * FRAME_TICKS + leg * 5;
      timeline.unit(
        n * FRAME_MS + leg * 300,
        leg,
        makeUnit({ identity: 1 + (n % 25), ticks, key: n % 25 === 0 }),
      );
    }
  }
  timeline.play();
  expect(timeline.sent.map(({ ticks }) => ticks)).toEqual(range(300).map((n) => n * FRAME_TICKS));
});

test('audio and video of a leg that dies and comes back lose nothing and stay in order', () => {
  const timeline = new MergerTimeline([VIDEO, AUDIO]);
  open(timeline);
  for (const leg of [0, 1]) {
    const delayMs = leg * 57;
    for (const n of range(300)) {
      if (leg === 0 && n >= 100 && n < 180) continue;
      const unit = makeUnit({
        identity: 1 + n,
        ticks: n * FRAME_TICKS + leg * 5,
        key: n % 25 === 0,
        bytes: 3_000,
      });
      timeline.unit(n * FRAME_MS + delayMs, leg, unit);
    }
    for (const n of range(560)) {
      const atMs = n * AAC_MS;
      if (leg === 0 && atMs >= 4_000 && atMs < 7_200) continue;
      const unit = makeUnit({ identity: 10_001 + n, ticks: n * AAC_TICKS + leg * 99, key: true });
      timeline.unit(atMs + 3 + delayMs, leg, unit, 1);
    }
  }
  timeline.play();
  const sentOf = (track: number) => timeline.sent.filter((each) => each.track === track);
  expect(sentOf(0).map(({ unit }) => unit.identity)).toEqual(range(300, 1));
  expect(sentOf(1).map(({ unit }) => unit.identity)).toEqual(range(560, 10_001));
});

test('a leg whose audio its server packs otherwise brings the audio when the other is gone', () => {
  const timeline = new MergerTimeline([VIDEO, AUDIO]);
  open(timeline);
  for (const leg of [0, 1]) {
    for (const n of range(200)) {
      if (leg === 0 && n >= 100) continue;
      timeline.unit(
        n * FRAME_MS + leg,
        leg,
        makeUnit({ identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 25 === 0 }),
      );
    }
    for (const n of range(370)) {
      if (leg === 0 && n * AAC_MS >= 4_000) continue;
      timeline.unit(
        n * AAC_MS + leg,
        leg,
        makeUnit({ identity: 1e6 * (leg + 1) + n, ticks: n * AAC_TICKS, key: true }),
        1,
      );
    }
  }
  timeline.play();
  const audio = timeline.sent.filter(({ track }) => track === 1).map(({ ticks }) => ticks);
  const steps = audio.slice(1).map((ticks, index) => ticks - (audio[index] as number));
  expect(Math.min(...steps)).toBeGreaterThan(0);
  // From the silence of the one to the first of the other: the lateness threshold, and one unit.
  expect(Math.max(...steps)).toBeLessThan((AUDIO.clockRate / 1_000) * (200 + 3 * FRAME_MS));
  expect(audio.length).toBeGreaterThan(350);
});

test('a camera that restarts goes on behind the pause, on the same clock', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline, 1);
  for (const n of range(50))
    timeline.unit(n * FRAME_MS, 0, makeUnit({ identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 25 === 0 }));
  timeline.close(2_000, 0);
  timeline.open(7_000, 0);
  for (const n of range(50)) {
    const unit = makeUnit({ identity: 1_000 + n, ticks: 4e9 + n * FRAME_TICKS, key: n % 25 === 10 });
    timeline.unit(7_000 + n * FRAME_MS, 0, unit);
  }
  timeline.play();
  const resumed = timeline.sent.findIndex(({ unit }) => unit.identity >= 1_000);
  expect(timeline.sent[resumed]?.unit.identity).toBe(1_010);
  expect(timeline.sent[resumed]?.ticks).toBe((7_400 * VIDEO.clockRate) / 1_000);
});

describe('picture and sound stay together', () => {
  /** What a leg brings between two times: its encoding, how late, and where its clocks begin. */
  interface Brought {
    readonly leg: number;
    readonly fromMs: number;
    readonly untilMs: number;
    readonly encoding?: number;
    readonly delayMs?: number;
    readonly bases?: readonly [video: number, audio: number];
    readonly isOpen?: boolean;
  }
  const ENCODING = 1e7;

  /** The most that sound is ahead of or behind the picture, in ms, where both have settled after `sinceMs`. */
  function measureOffset(brought: readonly Brought[], sinceMs: number): number {
    const timeline = new MergerTimeline([VIDEO, AUDIO]);
    for (const { leg, fromMs, untilMs, encoding = 1, delayMs = 0, bases = [0, 0], isOpen } of brought) {
      if (isOpen !== true) timeline.open(fromMs + delayMs - 0.01, leg);
      for (const [track, { clockRate }] of [VIDEO, AUDIO].entries()) {
        const stepMs = track === 0 ? FRAME_MS : AAC_MS;
        for (let n = Math.ceil(fromMs / stepMs); n * stepMs < untilMs; n += 1) {
          const unit = makeUnit({
            identity: encoding * ENCODING + n + 1,
            ticks: (bases[track] ?? 0) + Math.round((n * stepMs * clockRate) / 1_000),
            key: track === 1 || n % 25 === 0,
            bytes: 2_000,
          });
          timeline.unit(n * stepMs + delayMs, leg, unit, track);
        }
      }
      if (isOpen === undefined) timeline.close(untilMs + delayMs, leg);
    }
    timeline.play();
    const latenesses: [number[], number[]] = [[], []];
    for (const { track, unit, ticks } of timeline.sent) {
      const stepMs = track === 0 ? FRAME_MS : AAC_MS;
      const { clockRate } = track === 0 ? VIDEO : AUDIO;
      const madeMs = ((unit.identity % ENCODING) - 1) * stepMs;
      if (madeMs >= sinceMs) latenesses[track === 0 ? 0 : 1].push((ticks * 1_000) / clockRate - madeMs);
    }
    const [video, audio] = latenesses;
    expect(Math.min(video.length, audio.length)).toBeGreaterThan(50);
    return Math.max(Math.max(...audio) - Math.min(...video), Math.max(...video) - Math.min(...audio));
  }

  const FAR: readonly [number, number] = [4_000_000_000, 77];
  test.each<[string, readonly Brought[], number]>([
    [
      'of two copies, one of which dies and comes back',
      [
        { leg: 0, fromMs: 0, untilMs: 4_000 },
        { leg: 1, fromMs: 0, untilMs: 12_000, delayMs: 300, bases: FAR },
        { leg: 0, fromMs: 6_000, untilMs: 12_000, bases: FAR },
      ],
      0,
    ],
    [
      'after a switch to another encoder, 300 ms later than the first',
      [
        { leg: 0, fromMs: 0, untilMs: 4_000 },
        { leg: 1, fromMs: 0, untilMs: 12_000, encoding: 2, delayMs: 300, bases: FAR },
      ],
      5_000,
    ],
    [
      'after a pause in which no leg lived',
      [
        { leg: 0, fromMs: 0, untilMs: 4_000 },
        { leg: 1, fromMs: 0, untilMs: 4_100, delayMs: 100, bases: FAR },
        { leg: 1, fromMs: 9_000, untilMs: 16_000, delayMs: 100 },
        { leg: 0, fromMs: 11_000, untilMs: 16_000, bases: FAR },
      ],
      9_000,
    ],
    [
      'when the camera begins its clocks anew in the same session',
      [
        { leg: 0, fromMs: 0, untilMs: 4_000, isOpen: false },
        { leg: 0, fromMs: 4_500, untilMs: 12_000, bases: FAR, isOpen: true },
      ],
      5_600,
    ],
  ])('%s', (_, brought, sinceMs) => {
    expect(measureOffset(brought, sinceMs)).toBeLessThanOrEqual(FRAME_MS);
  });
});

test.each([
  { pictureAtMs: 7_000, soundAtMs: 8_000 },
  { pictureAtMs: 2 ** 32 * 1_000 - 300, soundAtMs: 700 },
])(
  'sound that its sender brings at other times than the picture is tied by what the sender says: %o',
  (said) => {
    const timeline = new MergerTimeline([VIDEO, AUDIO]);
    const clocks = [
      { timestamp: toTimestamp(2 ** 32 - 90_000), atMs: said.pictureAtMs },
      { timestamp: toTimestamp(48_077), atMs: said.soundAtMs },
    ];
    timeline.at(-1, () => timeline.merger.open(0, (track) => clocks[track]));
    for (const n of range(100)) {
      const ticks = 2 ** 32 - 90_000 + n * FRAME_TICKS;
      timeline.unit(n * FRAME_MS + 400, 0, makeUnit({ identity: 1 + n, ticks, key: n % 25 === 0 }));
    }
    for (const n of range(180)) {
      const unit = makeUnit({ identity: 1_001 + n, ticks: 77 + n * AAC_TICKS, key: true });
      timeline.unit(n * AAC_MS, 0, unit, 1);
    }
    timeline.play();
    const spans = [0, 1].map((track) => {
      const sent = timeline.sent.filter((each) => each.track === track);
      const [{ clockRate }, stepMs] = track === 0 ? [VIDEO, FRAME_MS] : [AUDIO, AAC_MS];
      return sent.map(
        ({ unit, ticks }) => (ticks * 1_000) / clockRate - ((unit.identity - 1) % 1_000) * stepMs,
      );
    });
    const [video = [], audio = []] = spans;
    expect(audio.length).toBeGreaterThan(100);
    expect(Math.max(...video, ...audio) - Math.min(...video, ...audio)).toBeLessThan(1);
  },
);

test('frames that come slower at night are no missing frames for long', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  const times = [...range(100).map((n) => n * 40), ...range(40).map((n) => 4_000 + n * 125)];
  for (const [n, atMs] of times.entries()) {
    for (const leg of [0, 1]) {
      timeline.unit(atMs + leg * 20, leg, makeUnit({ identity: 1 + n, ticks: atMs * 90, key: n % 25 === 0 }));
    }
  }
  timeline.play();
  expect(timeline.sent.map(({ unit }) => unit.identity)).toEqual(range(140, 1));
  const latenesses = timeline.sent
    .slice(110)
    .map(({ unit, atMs }) => atMs - (times[unit.identity - 1] as number));
  expect(Math.max(...latenesses)).toBe(0);
});

test('two clocks that drift apart by 100 ppm stay one stream', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  const units = 30_000;
  for (const n of range(units)) {
    for (const leg of [0, 1]) {
      if (leg === n % 2) continue;
      const ticks = Math.round(n * FRAME_TICKS * (1 + leg * 1e-4));
      timeline.unit(n * FRAME_MS + leg * 15, leg, makeUnit({ identity: 1 + n, ticks, key: n % 50 === 0 }));
      timeline.unit(
        n * FRAME_MS + 20,
        1 - leg,
        makeUnit({
          identity: 1 + n,
          ticks: Math.round(n * FRAME_TICKS * (1 + (1 - leg) * 1e-4)),
          key: n % 50 === 0,
        }),
      );
    }
  }
  timeline.play();
  expect(timeline.sent.length).toBe(units);
  expect(timeline.counters.switches).toBe(0);
});

test('units that wait take bounded memory, however large they are', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  let most = 0;
  for (const n of range(60)) {
    const isLarge = n >= 10;
    const bytes = isLarge ? 2_000_000 : 3_000;
    const unit = { identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 25 === 0, bytes };
    timeline.unit(n, 0, makeUnit({ ...unit, isAfterLoss: isLarge }));
    if (!isLarge) timeline.unit(n + 0.5, 1, makeUnit(unit));
    timeline.at(n + 0.6, () => {
      most = Math.max(most, timeline.merger.heldBytes);
    });
  }
  timeline.play();
  expect(most).toBeGreaterThan(1_000_000);
  expect(most).toBeLessThanOrEqual(16 * 1_024 * 1_024);
  expect(timeline.sent.map(({ unit }) => unit.identity)).toEqual(range(60, 1));
});

test('a leg that stands by with an endless GOP keeps bounded memory', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  let most = 0;
  for (const n of range(2_000)) {
    timeline.unit(n * FRAME_MS, 0, makeUnit({ identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 25 === 0 }));
    timeline.unit(
      n * FRAME_MS + 1,
      1,
      makeUnit({ identity: 1e6 + n, ticks: n * FRAME_TICKS, key: n === 0, bytes: 100_000 }),
    );
    timeline.at(n * FRAME_MS + 2, () => {
      most = Math.max(most, timeline.merger.heldBytes);
    });
  }
  timeline.play();
  expect(most).toBeGreaterThan(1_000_000);
  expect(most).toBeLessThanOrEqual(16 * 1_024 * 1_024);
});

test('a leg that stands by keeps what came before its last key frame until that has been shown, no longer', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  const held: number[] = [];
  for (const n of range(200)) {
    const unit = { ticks: n * FRAME_TICKS, key: n % 25 === 0, bytes: 1 };
    timeline.unit(n * FRAME_MS, 0, makeUnit({ ...unit, identity: 1 + n }));
    timeline.unit(n * FRAME_MS + 1, 1, makeUnit({ ...unit, identity: 1e6 + n }));
    timeline.at(n * FRAME_MS + 2, () => held.push(timeline.merger.heldBytes));
  }
  timeline.play();
  expect(held.slice(100, 125)).toEqual(range(25).map((n) => (n < 6 ? 26 + n : 1 + n)));
});

test('audio that is gathered to bursts of half a second on one leg goes out once, from whichever leg', () => {
  const timeline = new MergerTimeline([VIDEO, AUDIO]);
  open(timeline);
  for (const leg of [0, 1]) {
    for (const n of range(300)) {
      const unit = makeUnit({
        identity: 1 + n,
        ticks: n * FRAME_TICKS + leg,
        key: n % 25 === 0,
        bytes: 3_000,
      });
      timeline.unit(n * FRAME_MS + leg, leg, unit);
    }
    for (const n of range(500)) {
      const spokenMs = n * AAC_MS;
      if (leg === 0 && spokenMs > 6_000) continue;
      const atMs = leg === 0 ? Math.ceil(spokenMs / 500) * 500 : spokenMs + 40;
      const unit = makeUnit({ identity: 10_001 + n, ticks: n * AAC_TICKS + leg * 33, key: true });
      timeline.unit(atMs, leg, unit, 1);
    }
  }
  timeline.play();
  const audio = timeline.sent.filter(({ track }) => track === 1).map(({ unit }) => unit.identity);
  expect(audio).toEqual(range(audio.length, audio[0]));
  expect(audio.at(-1)).toBe(10_500);
});

test('silence, all packets alike, ends and is not heard twice', () => {
  const timeline = new MergerTimeline([VIDEO, AUDIO]);
  open(timeline);
  for (const leg of [0, 1]) {
    for (const n of range(300)) {
      const unit = makeUnit({
        identity: 1 + n,
        ticks: n * FRAME_TICKS + leg,
        key: n % 25 === 0,
        bytes: 3_000,
      });
      timeline.unit(n * FRAME_MS + leg * 90, leg, unit);
    }
    for (const n of range(500)) {
      const identity = n < 250 ? 7 : 10_001 + n;
      timeline.unit(
        n * AAC_MS + leg * 90,
        leg,
        makeUnit({ identity, ticks: n * AAC_TICKS + leg * 33, key: true }),
        1,
      );
    }
  }
  timeline.play();
  const audio = timeline.sent.filter(({ track }) => track === 1);
  expect(audio.map(({ unit }) => unit.identity).filter((identity) => identity !== 7)).toEqual(
    range(250, 10_251),
  );
  const steps = new Set(audio.slice(1).map(({ ticks }, index) => ticks - (audio[index]?.ticks ?? 0)));
  expect([...steps]).toEqual([AAC_TICKS]);
});

test.each([-100, -20, 20, 100, 500])(
  'a server that sets its clock anew by %i ms in the middle sends nothing twice',
  (jumpMs) => {
    for (const jumping of [0, 1]) {
      const timeline = new MergerTimeline([VIDEO]);
      open(timeline);
      for (const leg of [0, 1]) {
        for (const n of range(200)) {
          const jumpTicks = leg === jumping && n >= 100 ? jumpMs * 90 : 0;
          const ticks = n * FRAME_TICKS + leg * 5 + jumpTicks;
          timeline.unit(
            n * FRAME_MS + leg * 15,
            leg,
            makeUnit({ identity: 1 + n, ticks, key: n % 25 === 0 }),
          );
        }
      }
      timeline.play();
      expect(timeline.sent.map(({ unit }) => unit.identity)).toEqual(range(200, 1));
      const steps = timeline.sent
        .slice(1)
        .map(({ ticks }, index) => ticks - (timeline.sent[index]?.ticks ?? 0));
      expect(Math.min(...steps)).toBeGreaterThan(0);
    }
  },
);

test.each([-500, -100, -20, 20, 100, 500])(
  'where a server sets its clock anew by %i ms while the picture is still, the legs are one stream again when it moves',
  (jumpMs) => {
    for (const [jumping, dying] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      const timeline = new MergerTimeline([VIDEO]);
      open(timeline);
      for (const leg of [0, 1]) {
        for (const n of range(300)) {
          if (leg === dying && n >= 250) continue;
          const ticks = n * FRAME_TICKS + leg * 5 + (leg === jumping && n >= 100 ? jumpMs * 90 : 0);
          const identity = n >= 60 && n < 160 ? 1_000 + (n % 25) : 1 + n;
          timeline.unit(n * FRAME_MS + leg * 15, leg, makeUnit({ identity, ticks, key: n % 25 === 0 }));
        }
      }
      timeline.play();
      const moving = timeline.sent.map(({ unit }) => unit.identity).filter((identity) => identity < 1_000);
      expect(moving).toEqual([...range(60, 1), ...range(140, 161)]);
      expect(timeline.counters.switches).toBe(0);
    }
  },
);

test('slices that are each marked as the end of a picture all go out, once', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  for (const n of range(100)) {
    for (const slice of [0, 1, 2]) {
      for (const leg of [0, 1]) {
        if (leg === 0 && n > 50) continue;
        const key = n % 25 === 0 && slice === 0;
        const unit = makeUnit({
          identity: 1 + 3 * n + slice,
          ticks: n * FRAME_TICKS + leg,
          key,
          bytes: 2_000,
        });
        timeline.unit(n * FRAME_MS + slice + leg * 15, leg, unit);
      }
    }
  }
  timeline.play();
  expect(timeline.sent.map(({ unit }) => unit.identity)).toEqual(range(300, 1));
});

test('a leg that takes over begins with all slices of its key frame, each marked as a picture', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  for (const n of range(100)) {
    for (const slice of [0, 1, 2]) {
      for (const leg of [0, 1]) {
        if (leg === 0 && n > 60) continue;
        const identity = 1 + 3 * n + slice + leg * 1_000;
        const unit = makeUnit({ identity, ticks: n * FRAME_TICKS, key: n % 25 === 0 });
        timeline.unit(n * FRAME_MS + slice + leg * 15, leg, unit);
      }
    }
  }
  timeline.play();
  const sent = timeline.sent.map(({ unit }) => unit.identity);
  expect(sent).toEqual([...range(183, 1), ...range(150, 1_151)]);
});

test('a leg of another encoding that carried for half a minute begins again at a key frame alone', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  const [stallsFrom, stallsUntil, otherEndsAt] = [705, 715, 718];
  for (const n of range(800)) {
    for (const leg of [0, 1]) {
      if (leg === 1 && n >= otherEndsAt) continue;
      const isStalled = leg === 0 && n >= stallsFrom && n < stallsUntil;
      const unit = makeUnit({ identity: 1 + n + leg * 1_000, ticks: n * FRAME_TICKS, key: n % 25 === 0 });
      timeline.unit((isStalled ? stallsUntil : n) * FRAME_MS, leg, unit);
    }
  }
  timeline.play();
  const sent = timeline.sent.map(({ unit }) => ({ leg: unit.identity > 1_000 ? 1 : 0, key: unit.key }));
  const changes = sent.filter(({ leg }, index) => index > 0 && leg !== sent[index - 1]?.leg);
  expect(changes).toEqual([
    { leg: 1, key: true },
    { leg: 0, key: true },
  ]);
});

/** Two encoders of one source, of which the second comes later, so far apart, and is asked for after picture 30. */
function handOver(apartMs: number, change?: (timeline: MergerTimeline) => void) {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  for (const n of range(150)) {
    for (const leg of [0, 1]) {
      const key = n % 25 === 0;
      const ticks = n * FRAME_TICKS + leg * 777;
      const atMs = 1_000 + n * FRAME_MS + leg * apartMs;
      if (leg === 0 ? n >= 90 : n < 25) continue;
      timeline.unit(atMs, leg, makeUnit({ identity: 1 + n + leg * 1_000, ticks, key, bytes: 3_000 }));
    }
  }
  timeline.at(1_000 + 31 * FRAME_MS, () => timeline.merger.goOnWith(1, 1_000 + 31 * FRAME_MS));
  change?.(timeline);
  timeline.play();
  return timeline.sent.map(({ unit, ticks, atMs }) => ({ picture: unit.identity - 1, ticks, atMs }));
}

test.each([-190, -70, -1, 0, 1, 70, 190])(
  'to a leg that is asked for, %i ms behind, it changes at the key frame that both bring next: no picture is missed or repeated',
  (apartMs) => {
    const sent = handOver(apartMs);
    expect(sent.map(({ picture }) => picture)).toEqual([...range(50), ...range(100, 1_050)]);
    const steps = sent.slice(1).map(({ ticks }, index) => ticks - (sent[index]?.ticks ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    const waits = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
    expect(Math.max(...waits)).toBeLessThanOrEqual(FRAME_MS + Math.abs(apartMs));
  },
);

test.each([
  { apartMs: -900, begins: 1_075 },
  { apartMs: -450, begins: 1_050 },
  { apartMs: 450, begins: 1_025 },
  { apartMs: 900, begins: 1_025 },
])(
  'a leg that is asked for, $apartMs ms behind, begins with a key frame of its own',
  ({ apartMs, begins }) => {
    const pictures = handOver(apartMs).map(({ picture }) => picture);
    const first = pictures.indexOf(begins);
    expect(pictures.slice(0, first)).toEqual(range(first));
    expect(pictures.slice(first)).toEqual(range(1_150 - begins, begins));
  },
);

test('what is held for a leg that was asked for goes out when that closes', () => {
  const atKeyMs = 1_000 + 50 * FRAME_MS;
  const sent = handOver(100, (timeline) => timeline.close(atKeyMs + 1, 1));
  expect(sent.map(({ picture }) => picture)).toEqual(range(90));
});

test('a leg that is asked for and is a copy of what goes out joins it', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline, 1);
  timeline.open(10 * FRAME_MS - 1, 1);
  timeline.at(10 * FRAME_MS - 1, () => timeline.merger.goOnWith(1, 10 * FRAME_MS - 1));
  for (const n of range(100)) {
    const unit = () => makeUnit({ identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 25 === 0, bytes: 3_000 });
    timeline.unit(n * FRAME_MS, 0, unit());
    if (n >= 10) timeline.unit(n * FRAME_MS + 5, 1, unit());
  }
  timeline.play();
  expect(timeline.sent.map(({ unit }) => unit.identity - 1)).toEqual(range(100));
  expect(timeline.merger.carrying).toEqual([0, 1]);
});

test('a leg that is asked for, and is found to be a copy by one that is behind it, holds nothing up', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline, 1);
  timeline.open(1_000 + 9 * FRAME_MS, 1);
  timeline.at(1_000 + 11 * FRAME_MS - 61, () => timeline.merger.goOnWith(1, 1_000 + 11 * FRAME_MS - 61));
  for (const n of range(100)) {
    const unit = () => makeUnit({ identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 5 === 0, bytes: 3_000 });
    timeline.unit(1_000 + n * FRAME_MS, 0, unit());
    if (n > 10) timeline.unit(1_000 + n * FRAME_MS - 60, 1, unit());
  }
  timeline.play();
  expect(timeline.sent.map(({ unit }) => unit.identity - 1)).toEqual(range(100));
  expect(timeline.merger.carrying).toEqual([0, 1]);
  const waits = timeline.sent.slice(1).map(({ atMs }, index) => atMs - (timeline.sent[index]?.atMs ?? 0));
  expect(Math.max(...waits)).toBeLessThanOrEqual(FRAME_MS + 60);
});

test('a leg that changes to another encoder is no copy any more, though its clock goes on', () => {
  for (const shiftTicks of [0, 200, FRAME_TICKS / 4, FRAME_TICKS / 2, FRAME_TICKS - 900]) {
    const side = new MergerTimeline([VIDEO]);
    const timeline = new MergerTimeline([VIDEO]);
    open(side);
    open(timeline);
    for (const n of range(200)) {
      const makeOf = (encoder: number, ticks: number) =>
        makeUnit({ identity: 1 + n + encoder * 1_000, ticks, key: n % 25 === 0, bytes: 3_000 });
      side.unit(n * FRAME_MS, 0, makeOf(0, n * FRAME_TICKS));
      side.unit(n * FRAME_MS, 1, makeOf(1, n * FRAME_TICKS + shiftTicks));
      timeline.unit(n * FRAME_MS, 0, makeOf(0, n * FRAME_TICKS + 777));
    }
    side.at(60 * FRAME_MS + 1, () => side.merger.goOnWith(1, 60 * FRAME_MS + 1));
    side.play();
    for (const { unit, ticks, atMs } of side.sent) timeline.unit(atMs + 5, 1, makeUnit({ ...unit, ticks }));
    timeline.close(150 * FRAME_MS - 1, 0);
    timeline.play();
    const encoders = timeline.sent.map(({ unit }) => Math.floor(unit.identity / 1_000));
    // The first until it is closed, and then the second from its last key frame on.
    expect(encoders).toEqual([...range(150).map(() => 0), ...range(encoders.length - 150).map(() => 1)]);
    expect(timeline.sent[150]?.unit.key).toBe(true);
    const last = timeline.sent.at(-1)?.ticks ?? 0;
    expect(Math.abs(last - 199 * FRAME_TICKS)).toBeLessThan(10 * FRAME_TICKS);
  }
});

test('a leg that came back a second ahead takes over from none that is merely late', () => {
  for (const stallsAtMs of range(10).map((n) => 4_050 + n * 100)) {
    const timeline = new MergerTimeline([VIDEO]);
    open(timeline);
    timeline.close(3_000, 0);
    timeline.open(4_000, 0);
    for (const n of range(200)) {
      const unit = () => makeUnit({ identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 25 === 0 });
      const sentMs = n * FRAME_MS;
      if (sentMs < 3_000 || sentMs >= 4_000) timeline.unit(sentMs, 0, unit());
      const isStalled = sentMs + 1_000 >= stallsAtMs && sentMs + 1_000 < stallsAtMs + 350;
      timeline.unit(isStalled ? stallsAtMs + 350 : sentMs + 1_000, 1, unit());
    }
    timeline.play();
    expect(timeline.sent.map(({ unit }) => unit.identity)).toEqual(range(200, 1));
  }
});

test('a leg that stalled before it was closed is known again as soon as it is back', () => {
  const timeline = new MergerTimeline([VIDEO]);
  open(timeline);
  for (const n of range(100)) {
    const unit = () => makeUnit({ identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 25 === 0 });
    const isStalled = n >= 40 && n < 60;
    if (n < 60 || n >= 75) timeline.unit(isStalled ? 60 * FRAME_MS : n * FRAME_MS, 0, unit());
    timeline.unit(n * FRAME_MS + 5, 1, unit());
  }
  timeline.close(60 * FRAME_MS + 1, 0);
  timeline.open(75 * FRAME_MS - 1, 0);
  let carrying: readonly number[] = [];
  timeline.at(77 * FRAME_MS, () => {
    carrying = timeline.merger.carrying;
  });
  timeline.play();
  expect(carrying).toEqual([0, 1]);
});

test.each(['is marked', 'sets the clocks of picture and sound anew'])(
  'a change to another encoder that %s begins at its key frame, not at the next',
  (kind) => {
    const timeline = new MergerTimeline([VIDEO, AUDIO]);
    open(timeline);
    const [diesMs, beginsMs] = [4_000, 4_600];
    const leapMs = kind === 'is marked' ? 0 : 10_000;
    for (const n of range(260)) {
      const atMs = n * FRAME_MS;
      const first = { identity: 1 + n, ticks: n * FRAME_TICKS, key: n % 100 === 0, bytes: 3_000 };
      if (atMs < diesMs) for (const leg of [0, 1]) timeline.unit(atMs + 5 * leg, leg, makeUnit(first));
      if (atMs < beginsMs) continue;
      const begins = atMs === beginsMs;
      const own = { identity: 1_000 + n, ticks: (atMs + leapMs) * 90, key: begins, bytes: 3_000 };
      timeline.unit(atMs + 5, 1, makeUnit({ ...own, isAfterSwitch: begins && kind === 'is marked' }));
    }
    for (const n of range(480)) {
      const atMs = n * AAC_MS;
      const ticks = n * AAC_TICKS;
      if (atMs < diesMs) {
        for (const leg of [0, 1])
          timeline.unit(atMs + 5 * leg, leg, makeUnit({ identity: 10_000 + n, ticks, key: true }), 1);
      } else if (atMs >= beginsMs) {
        const own = makeUnit({ identity: 20_000 + n, ticks: ticks + leapMs * 48, key: true });
        timeline.unit(atMs + 5, 1, own, 1);
      }
    }
    timeline.play();
    for (const track of [0, 1]) {
      const times = timeline.sent.filter((each) => each.track === track).map(({ atMs }) => atMs);
      const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
      expect(Math.max(...gaps)).toBeLessThan(beginsMs - diesMs + 100);
    }
    const pictures = timeline.sent.filter(({ track }) => track === 0).map(({ unit }) => unit.identity);
    expect(pictures).toEqual([...range(100, 1), ...range(145, 1_115)]);
  },
);

test.each([0, 200, FRAME_TICKS / 4, FRAME_TICKS / 2, FRAME_TICKS - 900])(
  'copies that become different encodings, by what no mark tells, %i ticks apart, are parted soon and for good',
  (shiftTicks) => {
    const [differFrom, partedBy] = [110, 140];
    const timeline = new MergerTimeline([VIDEO]);
    open(timeline);
    const random = makeRandom(shiftTicks);
    for (const n of range(400)) {
      for (const leg of [0, 1]) {
        const isOther = leg === 1 && n >= differFrom;
        const unit = makeUnit({
          identity: 1 + n + (isOther ? 1_000 : 0),
          ticks: n * FRAME_TICKS + (isOther ? shiftTicks : 0),
          key: n % 50 === 0,
          bytes: 3_000 + random(500),
        });
        timeline.unit(n * FRAME_MS + random(30), leg, unit);
      }
    }
    timeline.play();
    const later = timeline.sent.filter(({ unit }) => (unit.identity - 1) % 1_000 >= partedBy);
    const changes = later.filter(
      ({ unit }, at) => at > 0 && unit.identity !== (later[at - 1]?.unit.identity ?? 0) + 1 && !unit.key,
    );
    expect(changes).toEqual([]);
    expect(timeline.merger.carrying).toHaveLength(1);
  },
);
