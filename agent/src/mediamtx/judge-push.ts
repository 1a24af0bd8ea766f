/**
 * Whether a camera's push by SRT is late, and what is to be done about it. Pure.
 *
 * MediaMTX's SRT library holds every packet back for the latency that was agreed on, counted from when the caller began
 * to connect and not from when it got through (gosrt, connection.go: `tsbpdTimeBase` is on both sides of the comparison).
 * A camera that tried before its server was there is so late until it connects anew, by up to its connect time-out.
 */
import type { ApiSrtConnection } from './control-api.ts';

/** More is put right: less is what a viewer may notice of a failover anyway. */
export const LATE_MS = 300;

/**
 * How long the other side must have the stream before a push that was there first is closed: by then the tiers after
 * this one play it there too (they are told at once, and begin with its next key frame).
 */
export const SETTLED_MS = 5_000;

export interface LookTiming {
  /** When the push was first seen here, and the stream first heard of at the other side. */
  readonly pushSinceMs: number;
  readonly otherSinceMs: number | undefined;
  readonly nowMs: number;
  /** Of the two sides one waits for the other; which one does not matter, as long as they agree. */
  readonly isSecond: boolean;
}

/**
 * Whether the push is to be looked at now. The two sides' pushes are never closed at the same time:
 *
 * | the camera came here            | looked at                                       |
 * |---------------------------------|-------------------------------------------------|
 * | after the other side was heard  | at once, while nobody plays it here yet         |
 * | before, or nobody could tell    | when the other has had it for 5 s, the second 10 |
 *
 * The first cannot be so on both sides, and what is heard on both at once, after a time without operator, is 5 s apart.
 */
export function isLookDue({ pushSinceMs, otherSinceMs, nowMs, isSecond }: LookTiming): boolean {
  if (otherSinceMs === undefined) return false;
  return otherSinceMs <= pushSinceMs || nowMs - otherSinceMs >= (isSecond ? 2 : 1) * SETTLED_MS;
}

/** By how much longer packets are held back than the latency agreed on, and a round trip for connecting, account for. */
export function measureLateness(figures: ApiSrtConnection): number {
  const { msReceiveBuf = 0, msReceiveTsbPdDelay = 0, msRTT = 0 } = figures;
  return Math.round(msReceiveBuf - msReceiveTsbPdDelay - msRTT);
}

export interface PushEvidence {
  readonly lateMs: number;
  /** Whether the camera's push before was closed for being late. */
  readonly wasClosed: boolean;
  /** Who reads from this pod, other than the tiers after it. */
  readonly viewers: number;
}

/** `Incurable`: connecting anew has not helped. `Spared`: viewers would lose it, who do not have the other side. */
export type PushVerdict = 'InTime' | 'Late' | 'Incurable' | 'Spared';

export function judgePush({ lateMs, wasClosed, viewers }: PushEvidence): PushVerdict {
  if (lateMs <= LATE_MS) return 'InTime';
  if (wasClosed) return 'Incurable';
  return viewers > 0 ? 'Spared' : 'Late';
}
