import { FRAMES_PER_SECOND } from '../../peers/camera-settings.ts';
import { compareFrames } from '../../peers/frames.ts';
import { compareEncodings } from './encodings.ts';
import type { PlayerRecord, Window } from './recording.ts';

const FRAME_INTERVAL_MS = 1000 / FRAMES_PER_SECOND;

/** What one reader suffered from one fault. */
export interface ReaderFigures {
  /** Pictures that the camera sent and the reader never got. */
  readonly framesLost: number;
  /** Pictures that could not be shown as they are: unknown, or depending on one that the reader did not get. */
  readonly broken: number;
  /** The longest time between two pictures, less one frame interval; without an end where none followed. */
  readonly gapMs: number;
  readonly disconnects: number;
  /** What ended the first connection that ended. */
  readonly reason?: string;
  /** From the first disconnect to the next picture; left out where there was none. */
  readonly resumeMs?: number;
  /** The same from the beginning of the connection that then played. */
  readonly replayMs?: number;
}

/** @param encodings what the camera sent; two lists where it encodes for each side apart, which then never agree */
export function measureReader(
  record: PlayerRecord,
  window: Window,
  encodings: readonly (readonly string[])[],
  gop: number,
): ReaderFigures {
  const { missing, broken } = compare(record.hashes, encodings, gop);
  return {
    framesLost: missing + countLostAtEnd(record, encodings),
    broken,
    gapMs: Math.max(0, longestInterval(record, window) - FRAME_INTERVAL_MS),
    ...measureSessions(record, window),
  };
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

function compare(received: readonly string[], encodings: readonly (readonly string[])[], gop: number) {
  const [only = [], ...others] = encodings;
  if (others.length > 0) return compareEncodings(encodings, received, gop);
  const { missing, foreign } = compareFrames(only, received);
  return { missing, broken: foreign };
}

/** What was sent while a reader that never came back was away. */
function countLostAtEnd(record: PlayerRecord, encodings: readonly (readonly string[])[]): number {
  if (record.sessions.at(-1)?.endedMs === undefined) return 0;
  const last = record.hashes.at(-1) ?? '';
  const left = encodings.map((sent) => sent.length - 1 - sent.lastIndexOf(last));
  return Math.min(...left);
}

function measureSessions({ sessions }: PlayerRecord, { faultMs, endMs }: Window) {
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
