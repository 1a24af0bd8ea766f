import { FRAMES_PER_SECOND } from '../../peers/camera-settings.ts';
import { compareFrames } from '../../peers/frames.ts';
import { longestInterval, measureSessions, type SessionFigures } from '../fault-ground/playing.ts';
import type { PlayerRecord, Window } from '../fault-ground/recording.ts';
import { compareEncodings } from './encodings.ts';

const FRAME_INTERVAL_MS = 1000 / FRAMES_PER_SECOND;

/** What one reader suffered from one fault. */
export interface ReaderFigures extends SessionFigures {
  /** Pictures that the camera sent and the reader never got. */
  readonly framesLost: number;
  /** Pictures that could not be shown as they are: unknown, or depending on one that the reader did not get. */
  readonly broken: number;
  /** The longest time between two pictures, less one frame interval; without an end where none followed. */
  readonly gapMs: number;
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
