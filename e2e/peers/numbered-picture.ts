/**
 * A picture that says its own number and what it must look like: 16 x 9 cells, each of one grey.
 *
 *     top row:    the picture's number, 16 bits, the lowest one left; black or white
 *     rows below: one of eight greys, that cell and number give; a cell keeps its grey for a second, and in each
 *                 picture some cells change
 *
 * So a decoder that lacks a picture, or puts one encoder's changes on another's picture, shows cells with the grey
 * of another time. Around the cells lies a moving picture, which no two encoders code alike.
 */

export const CELL_COLUMNS = 16;
export const CELL_ROWS = 9;
export const CELL_PIXELS = 24;
/** Of the whole picture, in pixels; the cells fill it from the upper left corner. */
export const NUMBERED_SIZE = { width: 480, height: 270 };

/** Greys lie 24 apart (luma, 16 to 235); what coding at a low bit rate adds was measured as 4 at most. */
export const TOLERATED_ERROR = 10;

const BLACK = 16;
const WHITE = 235;
const DARKEST = 40;
const GREY_STEP = 24;
const GREYS = 8;
/** Pictures for which a cell keeps its grey. */
const KEPT = 25;

/** FFmpeg's lavfi source of these pictures, without an end. */
export function numberedPictureSource(framesPerSecond: number): string {
  const { width, height } = NUMBERED_SIZE;
  // 2 x 2 samples a cell, since 4:2:0 is scaled without error at even sizes alone.
  const [column, row] = ['floor(X/2)', 'floor(Y/2)'];
  const bit = `${BLACK}+${WHITE - BLACK}*mod(floor(N/pow(2\\,${column}))\\,2)`;
  const changes = `floor((N+7*${column}+13*${row})/${KEPT})`;
  const grey = `${DARKEST}+${GREY_STEP}*mod(5*${column}+3*${row}+3*${changes}\\,${GREYS})`;
  const luma = `if(eq(${row}\\,0)\\,${bit}\\,${grey})`;
  const cells = `color=black:size=${2 * CELL_COLUMNS}x${2 * CELL_ROWS}:rate=${framesPerSecond},format=yuv420p`;
  const scaled = `scale=${CELL_COLUMNS * CELL_PIXELS}:${CELL_ROWS * CELL_PIXELS}:flags=neighbor`;
  return [
    `testsrc2=size=${width}x${height}:rate=${framesPerSecond}[around]`,
    `${cells},geq=lum='${luma}':cb=128:cr=128,${scaled}[cells]`,
    '[around][cells]overlay=0:0,format=yuv420p',
  ].join(';');
}

/** The luma that a cell has in the picture of this number. */
export function expectedLuma(number: number, column: number, row: number): number {
  if (row === 0) return (number >> column) & 1 ? WHITE : BLACK;
  const changes = Math.floor((number + 7 * column + 13 * row) / KEPT);
  return DARKEST + GREY_STEP * ((5 * column + 3 * row + 3 * changes) % GREYS);
}

export interface NumberedPicture {
  readonly number: number;
  /** How far the worst cell is from what it must be, in steps of luma. */
  readonly error: number;
}

/** @param cells the luma in the middle of each cell, row by row */
export function readNumberedPicture(cells: Uint8Array): NumberedPicture {
  let number = 0;
  for (let column = 0; column < CELL_COLUMNS; column++) {
    if ((cells[column] ?? 0) > (BLACK + WHITE) / 2) number |= 1 << column;
  }
  let error = 0;
  for (let row = 0; row < CELL_ROWS; row++) {
    for (let column = 0; column < CELL_COLUMNS; column++) {
      const luma = cells[row * CELL_COLUMNS + column] ?? 0;
      error = Math.max(error, Math.abs(luma - expectedLuma(number, column, row)));
    }
  }
  return { number, error };
}
