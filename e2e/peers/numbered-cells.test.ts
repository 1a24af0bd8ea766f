import { expect, test } from 'vitest';
import { NumberedPictures } from './numbered-cells.ts';
import { CELL_COLUMNS, CELL_ROWS, expectedLuma } from './numbered-picture.ts';

/** What FFmpeg writes of a picture: three by three samples a cell, of which the outer ones may be anything. */
function makeSamples(number: number): Buffer {
  const width = 3 * CELL_COLUMNS;
  const samples = Buffer.alloc(width * 3 * CELL_ROWS, 77);
  for (let row = 0; row < CELL_ROWS; row++) {
    for (let column = 0; column < CELL_COLUMNS; column++) {
      samples[(3 * row + 1) * width + 3 * column + 1] = expectedLuma(number, column, row);
    }
  }
  return samples;
}

const TWO = Buffer.concat([makeSamples(300), makeSamples(301)]);
const PICTURES = [
  { number: 300, error: 0 },
  { number: 301, error: 0 },
];

test('pictures are the same however their bytes are cut', () => {
  for (let cut = 0; cut <= TWO.length; cut++) {
    const pictures = new NumberedPictures();
    const found = [TWO.subarray(0, cut), TWO.subarray(cut)].flatMap((piece) => pictures.push(piece));
    expect(found).toEqual(PICTURES);
  }
});

test('and byte by byte', () => {
  const pictures = new NumberedPictures();
  expect([...TWO].flatMap((byte) => pictures.push(Buffer.of(byte)))).toEqual(PICTURES);
});

test('a cell of another grey is an error of the picture', () => {
  const samples = makeSamples(300);
  const middle = (3 * 4 + 1) * 3 * CELL_COLUMNS + 3 * 2 + 1;
  samples[middle] = expectedLuma(300, 2, 4) + 30;
  expect(new NumberedPictures().push(samples)).toEqual([{ number: 300, error: 30 }]);
});
