import { FRAMES_PER_SECOND } from '../../../peers/camera-settings.ts';
import { TOLERATED_ERROR } from '../../../peers/numbered-picture.ts';
import { parseNumbered } from '../../fault-ground/numbered-words.ts';
import { longestInterval } from '../../fault-ground/playing.ts';
import type { PlayerRecord, Window } from '../../fault-ground/recording.ts';

/** What a viewer of numbered pictures got, whoever encoded them. */
export interface NumberedFigures {
  /** Pictures of the camera between the first and the latest that was shown, and never shown. */
  readonly framesLost: number;
  /** Pictures that are not as they must be: corrupt. */
  readonly broken: number;
  /** Shown again, where another encoder went on from a key frame of before. */
  readonly repeated: number;
  /** The longest time between two pictures that were each later than all before, less one frame interval. */
  readonly gapMs: number;
}

const FRAME_INTERVAL_MS = 1_000 / FRAMES_PER_SECOND;
/** Numbers have 16 bits. */
const NUMBERS = 2 ** 16;
/** Pictures that come so long before the window count too; earlier ones may be of a viewer's own beginning. */
const BEFORE_MS = 1_000;

export function measureNumbered({ hashes, atMs, sessions }: PlayerRecord, window: Window): NumberedFigures {
  const shown = new Set<number>();
  const progress: { hashes: string[]; atMs: number[] } = { hashes: [], atMs: [] };
  let latest: number | undefined;
  let broken = 0;
  let repeated = 0;
  for (const [index, word] of hashes.entries()) {
    const momentMs = atMs[index] ?? 0;
    if (momentMs < window.faultMs - BEFORE_MS) continue;
    const { number, error } = parseNumbered(word);
    if (error > TOLERATED_ERROR) {
      // Its number may be as wrong as the rest.
      broken += 1;
      continue;
    }
    const place: number = latest === undefined ? number : latest + stepTo(latest, number);
    if (latest === undefined || place > latest) {
      latest = place;
      progress.hashes.push(word);
      progress.atMs.push(momentMs);
    }
    if (shown.has(place)) repeated += 1;
    shown.add(place);
  }
  const framesLost = latest === undefined ? 0 : latest - Math.min(...shown) + 1 - shown.size;
  const gapMs = Math.max(0, longestInterval({ ...progress, sessions }, window) - FRAME_INTERVAL_MS);
  return { framesLost, broken, repeated, gapMs };
}

/** From a place to the nearest one with this number, forwards or back. */
function stepTo(place: number, number: number): number {
  const forwards = (((number - place) % NUMBERS) + NUMBERS) % NUMBERS;
  return forwards >= NUMBERS / 2 ? forwards - NUMBERS : forwards;
}
