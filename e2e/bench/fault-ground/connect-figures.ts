import type { ConnectAttempt, Window } from './recording.ts';

export interface ConnectFigures {
  /** The longest time after the fault in which no new connection succeeded; 0 where none failed. */
  readonly connectMs: number;
  /** How many attempts failed. */
  readonly connectsFailed: number;
}

/**
 * Attempts begin at fixed times, whether or not earlier ones have ended. One that failed says that somebody who came
 * when it began got nothing until the first success of one that began later:
 *
 *     fault    x---fails---|
 *       |        x---fails---|
 *       |          x-ok|
 *       |--connectMs---|
 */
export function measureConnects(attempts: readonly ConnectAttempt[], window: Window): ConnectFigures {
  const inWindow = attempts
    .filter(({ startedMs }) => startedMs >= window.faultMs && startedMs <= window.endMs)
    .toSorted((a, b) => a.startedMs - b.startedMs);
  let connectsFailed = 0;
  let connectMs = 0;
  let sinceMs = window.faultMs;
  let isOut = false;
  for (const { startedMs, endedMs, isOk } of inWindow) {
    if (isOk) {
      if (isOut) connectMs = Math.max(connectMs, endedMs - sinceMs);
      isOut = false;
      sinceMs = startedMs;
    } else {
      connectsFailed += 1;
      isOut = true;
    }
  }
  if (isOut) connectMs = Math.max(connectMs, window.endMs - sinceMs);
  return { connectMs, connectsFailed };
}
