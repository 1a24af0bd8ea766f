/** The cells of numbered pictures as FFmpeg decodes them, few samples each; whatever size the pictures have. */
import {
  CELL_COLUMNS,
  CELL_PIXELS,
  CELL_ROWS,
  NUMBERED_SIZE,
  type NumberedPicture,
  readNumberedPicture,
} from './numbered-picture.ts';

/** Of a cell, each way: the middle one has nothing of its neighbours. */
const SAMPLES = 3;
const WIDTH = SAMPLES * CELL_COLUMNS;
const PICTURE_BYTES = WIDTH * SAMPLES * CELL_ROWS;

/** The cells alone; their luma as it was decoded. */
const CELLS = [
  `crop=iw*${(CELL_COLUMNS * CELL_PIXELS) / NUMBERED_SIZE.width}:ih*${(CELL_ROWS * CELL_PIXELS) / NUMBERED_SIZE.height}:0:0`,
  'extractplanes=y',
  `scale=${WIDTH}:${SAMPLES * CELL_ROWS}:flags=area`,
].join(',');

/** What FFmpeg is to make of the stream: every picture once. */
export const CELLS_OUTPUT: readonly string[] = [
  ...['-map', '0:v', '-fps_mode', 'passthrough', '-vf', CELLS],
  ...['-f', 'rawvideo', '-flush_packets', '1', 'pipe:1'],
];

/** Pictures out of that output. */
export class NumberedPictures {
  #rest: Buffer = Buffer.alloc(0);

  /** Gives the pictures that are complete with this piece. */
  push(chunk: Buffer): NumberedPicture[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const pictures: NumberedPicture[] = [];
    let at = 0;
    for (; at + PICTURE_BYTES <= bytes.length; at += PICTURE_BYTES) {
      pictures.push(readNumberedPicture(middleOfCells(bytes.subarray(at, at + PICTURE_BYTES))));
    }
    this.#rest = bytes.subarray(at);
    return pictures;
  }
}

function middleOfCells(picture: Buffer): Uint8Array {
  const cells = new Uint8Array(CELL_COLUMNS * CELL_ROWS);
  for (let row = 0; row < CELL_ROWS; row++) {
    for (let column = 0; column < CELL_COLUMNS; column++) {
      cells[row * CELL_COLUMNS + column] = picture[(row * SAMPLES + 1) * WIDTH + column * SAMPLES + 1] ?? 0;
    }
  }
  return cells;
}
