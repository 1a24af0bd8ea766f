import { expect, test } from 'vitest';
import type { PlayerRecord, PlayerSession } from '../fault-ground/recording.ts';
import { measureReader } from './reader-figures.ts';

const WINDOW = { faultMs: 1_000, endMs: 5_000 };
const SENT = Array.from({ length: 200 }, (_, index) => `picture-${index}`);

/** Pictures by their numbers, each with the time it came. */
function record(pictures: readonly (readonly [number, number])[], sessions: PlayerSession[]): PlayerRecord {
  return {
    hashes: pictures.map(([index]) => SENT[index] ?? 'unknown'),
    atMs: pictures.map(([, atMs]) => atMs),
    sessions,
  };
}

const measure = (one: PlayerRecord) => measureReader(one, WINDOW, [SENT], 25);

test('a reader that gets every picture in time has lost nothing, whatever was before the fault', () => {
  const pictures = [
    [0, 100],
    [1, 990],
    [2, 1_030],
    [3, 1_070],
  ] as const;
  expect(measure(record(pictures, [{ beganMs: 50, firstPictureMs: 100 }]))).toEqual({
    framesLost: 0,
    broken: 0,
    gapMs: 0,
    disconnects: 0,
  });
});

test('a reader that was thrown out is measured from its end to its next picture, and from its new connection', () => {
  const sessions = [
    { beganMs: 50, firstPictureMs: 100, endedMs: 2_000, reason: 'closed' },
    { beganMs: 2_900, firstPictureMs: 3_000 },
  ];
  const pictures = [
    [0, 960],
    [1, 1_000],
    [11, 3_000],
    [12, 3_040],
  ] as const;
  expect(measure(record(pictures, sessions))).toEqual({
    framesLost: 9,
    broken: 0,
    gapMs: 1_960,
    disconnects: 1,
    reason: 'closed',
    resumeMs: 1_000,
    replayMs: 100,
  });
});

test('a reader that never came back lost everything until the end', () => {
  const sessions = [{ beganMs: 50, firstPictureMs: 100, endedMs: 2_000, reason: 'closed' }];
  expect(measure(record([[9, 1_000]], sessions))).toEqual({
    framesLost: 190,
    broken: 0,
    gapMs: 3_960,
    disconnects: 1,
    reason: 'closed',
  });
});

test('a picture that the camera never sent is broken', () => {
  const pictures = [
    [0, 1_000],
    [999, 1_040],
    [1, 1_080],
  ] as const;
  const { framesLost, broken } = measure(record(pictures, [{ beganMs: 0, firstPictureMs: 1_000 }]));
  expect([framesLost, broken]).toEqual([0, 1]);
});
