import type { PlayerRecord, Window } from './recording.ts';

export interface SessionFigures {
  readonly disconnects: number;
  /** What ended the first connection that ended. */
  readonly reason?: string;
  /** From the first disconnect to the next picture; left out where there was none. */
  readonly resumeMs?: number;
  /** The same from the beginning of the connection that then played. */
  readonly replayMs?: number;
}

/** The longest time between two pictures, the later one of which came after the fault (or, at the end, never). */
export function longestInterval({ atMs, sessions }: PlayerRecord, { faultMs, endMs }: Window): number {
  let longest = 0;
  for (let index = 1; index < atMs.length; index++) {
    const later = atMs[index] ?? 0;
    if (later < faultMs || later > endMs) continue;
    longest = Math.max(longest, later - (atMs[index - 1] ?? later));
  }
  const isPlaying = sessions.at(-1)?.endedMs === undefined && sessions.length > 0;
  return isPlaying ? longest : Math.max(longest, endMs - (atMs.at(-1) ?? faultMs));
}

export function measureSessions({ sessions }: PlayerRecord, { faultMs, endMs }: Window): SessionFigures {
  const ends = sessions.flatMap(({ endedMs }) => endedMs ?? []).filter((at) => at >= faultMs && at <= endMs);
  const first = ends[0];
  const next = first === undefined ? undefined : sessions.find(({ beganMs }) => beganMs >= first);
  const reason = first === undefined ? undefined : sessions.find(({ endedMs }) => endedMs === first)?.reason;
  return {
    disconnects: ends.length,
    ...(reason !== undefined && { reason }),
    ...(first !== undefined &&
      next !== undefined && {
        resumeMs: next.firstPictureMs - first,
        replayMs: next.firstPictureMs - next.beganMs,
      }),
  };
}
