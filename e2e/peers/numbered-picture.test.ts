import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CELL_COLUMNS,
  CELL_ROWS,
  expectedLuma,
  readNumberedPicture,
  TOLERATED_ERROR,
} from './numbered-picture.ts';

const numbers = fc.integer({ min: 0, max: 65_535 });

function cellsOf(numberOf: (row: number) => number): Uint8Array {
  return Uint8Array.from({ length: CELL_COLUMNS * CELL_ROWS }, (_, index) => {
    const row = Math.floor(index / CELL_COLUMNS);
    return expectedLuma(numberOf(row), index % CELL_COLUMNS, row);
  });
}

test('a picture tells its number, through the errors of coding', () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: -4, max: 4 }), (number, noise) => {
      const read = readNumberedPicture(cellsOf(() => number).map((luma) => luma + noise));
      expect(read).toEqual({ number, error: Math.abs(noise) });
    }),
  );
});

test('a picture on top of one that is a second old or more is told from a good one', () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 25, max: 24 * 7 }), (number, age) => {
      fc.pre(number >= age);
      const stale = cellsOf((row) => (row < 5 ? number : number - age));
      expect(readNumberedPicture(stale).error).toBeGreaterThan(TOLERATED_ERROR);
    }),
  );
});

test('a grey picture is told from a good one', () => {
  const grey = new Uint8Array(CELL_COLUMNS * CELL_ROWS).fill(128);
  expect(readNumberedPicture(grey).error).toBeGreaterThan(TOLERATED_ERROR);
});
