import { describe, expect, it } from 'vitest';
import {
  isLookDue,
  judgePush,
  LATE_MS,
  measureLateness,
  type PushVerdict,
  SETTLED_MS,
} from './judge-push.ts';

const NOW = 100_000;

describe('a push by SRT', () => {
  it.each<[string, Parameters<typeof measureLateness>[0], number]>([
    ['in time', { msReceiveBuf: 113, msReceiveTsbPdDelay: 120, msRTT: 0.2 }, -7],
    [
      'of a camera that tried for 2.5 s before',
      { msReceiveBuf: 2667, msReceiveTsbPdDelay: 120, msRTT: 0.3 },
      2547,
    ],
    [
      'with a latency of 2 s that was agreed on',
      { msReceiveBuf: 2002, msReceiveTsbPdDelay: 2000, msRTT: 2 },
      0,
    ],
    ['over a satellite', { msReceiveBuf: 1150, msReceiveTsbPdDelay: 500, msRTT: 620 }, 30],
    ['of which nothing has come yet', {}, 0],
  ])('%s is late by what is held back beyond the latency', (_, figures, lateMs) => {
    expect(measureLateness(figures)).toBe(lateMs);
  });

  it.each<[lateMs: number, wasClosed: boolean, viewers: number, PushVerdict]>([
    [-7, false, 0, 'InTime'],
    [LATE_MS, false, 0, 'InTime'],
    [LATE_MS, true, 3, 'InTime'],
    [LATE_MS + 1, false, 0, 'Late'],
    [2_500, false, 0, 'Late'],
    [2_500, false, 1, 'Spared'],
    [2_500, true, 0, 'Incurable'],
    [2_500, true, 1, 'Incurable'],
  ])(
    'that is late by %d ms (closed before: %s, viewers: %d) is %s',
    (lateMs, wasClosed, viewers, verdict) => {
      expect(judgePush({ lateMs, wasClosed, viewers })).toBe(verdict);
    },
  );

  it.each<[string, push: number, other: number | undefined, isSecond: boolean, boolean]>([
    ['the other side lacks the stream', NOW, undefined, false, false],
    ['it came while the other side had the stream', NOW, NOW, true, true],
    ['the other side had it long before', NOW, 0, true, true],
    ['the other side has just got the stream', NOW - 1, NOW, false, false],
    ['the other side got it 5 s ago', 0, NOW - SETTLED_MS, false, true],
    ['the other side got it 5 s ago and looks first', 0, NOW - SETTLED_MS, true, false],
    ['the other side got it 10 s ago and looks first', 0, NOW - 2 * SETTLED_MS, true, true],
  ])('when %s, is looked at or not', (_, pushSinceMs, otherSinceMs, isSecond, isDue) => {
    expect(isLookDue({ pushSinceMs, otherSinceMs, nowMs: NOW, isSecond })).toBe(isDue);
  });
});
