import type { ChildProcess } from 'node:child_process';
import { end, ended, keepErrors } from './child.ts';
import {
  CELL_COLUMNS,
  CELL_PIXELS,
  CELL_ROWS,
  NUMBERED_SIZE,
  readNumberedPicture,
  TOLERATED_ERROR,
} from './numbered-picture.ts';
import type { CorruptPicture } from './picture-page.ts';
import { type FfmpegViewer, startFfmpegViewer } from './reader-programs.ts';
import { untilOffered } from './rtsp-probe.ts';
import { Waiting } from './waiting.ts';

/** Pixels of a cell, each way, that are looked at: the middle one has nothing of its neighbours. */
const SAMPLES = 3;
const WIDTH = SAMPLES * CELL_COLUMNS;
const PICTURE_BYTES = WIDTH * SAMPLES * CELL_ROWS;

/** The cells alone, whatever size the pictures have; their luma as it was decoded. */
const CELLS = [
  `crop=iw*${(CELL_COLUMNS * CELL_PIXELS) / NUMBERED_SIZE.width}:ih*${(CELL_ROWS * CELL_PIXELS) / NUMBERED_SIZE.height}:0:0`,
  'extractplanes=y',
  `scale=${WIDTH}:${SAMPLES * CELL_ROWS}:flags=area`,
].join(',');

const OUTPUT = [
  ...['-map', '0:v', '-fps_mode', 'passthrough', '-vf', CELLS],
  ...['-f', 'rawvideo', '-flush_packets', '1', 'pipe:1'],
];

/** An RTSP viewer of a camera of numbered pictures, or of a rendition of it: it looks at each picture. */
export class NumberedReader {
  /** Pictures so far. */
  shown = 0;
  /** Numbers that were passed over. */
  missing = 0;
  /** Pictures that were shown before, or that a later one was shown before. */
  repeated = 0;
  readonly corrupt: CorruptPicture[] = [];
  /** The longest time between two pictures that were each later than all before, ms. */
  longestFreezeMs = 0;
  /** Why the connection is over, undefined while it is not. */
  endedBy: string | undefined;
  readonly #process: ChildProcess;
  readonly #waiting = new Waiting();
  #rest = Buffer.alloc(0);
  #newest: { number: number; atMs: number } | undefined;

  /** Connects when the stream is offered; resolves with the first picture. */
  static async open(viewer: FfmpegViewer, budgetMs: number): Promise<NumberedReader> {
    await untilOffered(viewer, budgetMs);
    const reader = new NumberedReader(viewer);
    await reader.pictures(1, budgetMs);
    return reader;
  }

  private constructor(viewer: FfmpegViewer) {
    this.#process = startFfmpegViewer(viewer, OUTPUT);
    const errors = keepErrors(this.#process);
    this.#process.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    void ended(this.#process).then((how) => {
      this.endedBy = `${how}: ${errors.join(' ').replaceAll(viewer.password, '***')}`;
      this.#waiting.fail(new Error(`The reader of ${viewer.url} ended with ${this.endedBy}`));
    });
  }

  /** Resolves when this many more pictures than now have arrived. */
  async pictures(more: number, budgetMs: number): Promise<void> {
    const goal = this.shown + more;
    await this.#waiting.until(`${more} pictures`, () => this.shown >= goal, budgetMs);
  }

  /** From now on alone is counted: who joins inside a GOP may be shown what a decoder makes of its rest. */
  begin(): void {
    this.missing = 0;
    this.repeated = 0;
    this.corrupt.length = 0;
    this.longestFreezeMs = 0;
  }

  async close(): Promise<void> {
    await end(this.#process);
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= PICTURE_BYTES) {
      this.#take(this.#rest.subarray(0, PICTURE_BYTES), performance.now());
      this.#rest = this.#rest.subarray(PICTURE_BYTES);
    }
  }

  #take(picture: Buffer, nowMs: number): void {
    const { number, error } = readNumberedPicture(middleOfCells(picture));
    this.shown += 1;
    if (error > TOLERATED_ERROR) this.corrupt.push({ number, error });
    else this.#follow(number, nowMs);
    this.#waiting.arrived();
  }

  #follow(number: number, nowMs: number): void {
    if (this.#newest !== undefined && number <= this.#newest.number) {
      this.repeated += 1;
      return;
    }
    if (this.#newest !== undefined) {
      this.missing += number - this.#newest.number - 1;
      this.longestFreezeMs = Math.max(this.longestFreezeMs, nowMs - this.#newest.atMs);
    }
    this.#newest = { number, atMs: nowMs };
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
