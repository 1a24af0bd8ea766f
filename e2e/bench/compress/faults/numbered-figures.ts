import { TOLERATED_ERROR } from '../../../peers/numbered-picture.ts';
import { parseNumbered } from '../../fault-ground/numbered-words.ts';

/** What a viewer of numbered pictures got, whoever encoded them. */
export interface NumberedFigures {
  /** Pictures of the camera between the first and the latest that was shown, and never shown. */
  readonly framesLost: number;
  /** Pictures that are not as they must be: corrupt. */
  readonly broken: number;
  /** Shown again, where another encoder went on from a key frame of before. */
  readonly repeated: number;
}

/** Numbers have 16 bits. */
const NUMBERS = 2 ** 16;

/** @param words in the order of their arrival */
export function measureNumbered(words: readonly string[]): NumberedFigures {
  const shown = new Set<number>();
  let latest: number | undefined;
  let broken = 0;
  let repeated = 0;
  for (const word of words) {
    const { number, error } = parseNumbered(word);
    if (error > TOLERATED_ERROR) {
      // Its number may be as wrong as the rest.
      broken += 1;
      continue;
    }
    const place = latest === undefined ? number : latest + stepTo(latest, number);
    if (shown.has(place)) repeated += 1;
    shown.add(place);
    latest = Math.max(latest ?? place, place);
  }
  const first = Math.min(...shown);
  const framesLost = latest === undefined ? 0 : latest - first + 1 - shown.size;
  return { framesLost, broken, repeated };
}

/** From a place to the nearest one with this number, forwards or back. */
function stepTo(place: number, number: number): number {
  const forwards = (((number - place) % NUMBERS) + NUMBERS) % NUMBERS;
  return forwards >= NUMBERS / 2 ? forwards - NUMBERS : forwards;
}
