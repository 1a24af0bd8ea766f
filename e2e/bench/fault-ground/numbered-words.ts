import type { NumberedPicture } from '../../peers/numbered-picture.ts';

/** A decoded picture as one word: its number and its error. */
export function tellNumbered({ number, error }: NumberedPicture): string {
  return `${number}/${error}`;
}

export function parseNumbered(word: string): NumberedPicture {
  const [number, error] = word.split('/').map(Number);
  return { number: number ?? Number.NaN, error: error ?? Number.NaN };
}
