import type { ChildProcess } from 'node:child_process';
import { end, ended, keepErrors } from './child.ts';
import { CELLS_OUTPUT, NumberedPictures } from './numbered-cells.ts';
import { type NumberedPicture, TOLERATED_ERROR } from './numbered-picture.ts';
import type { CorruptPicture } from './picture-page.ts';
import { type FfmpegViewer, startFfmpegViewer } from './reader-programs.ts';
import { untilOffered } from './rtsp-probe.ts';
import { Waiting } from './waiting.ts';

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
  readonly #pictures = new NumberedPictures();
  #newest: { number: number; atMs: number } | undefined;

  /** Connects when the stream is offered; resolves with the first picture. */
  static async open(viewer: FfmpegViewer, budgetMs: number): Promise<NumberedReader> {
    await untilOffered(viewer, budgetMs);
    const reader = new NumberedReader(viewer);
    await reader.pictures(1, budgetMs);
    return reader;
  }

  private constructor(viewer: FfmpegViewer) {
    this.#process = startFfmpegViewer(viewer, CELLS_OUTPUT);
    const errors = keepErrors(this.#process);
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      for (const picture of this.#pictures.push(chunk)) this.#take(picture, performance.now());
    });
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

  #take({ number, error }: NumberedPicture, nowMs: number): void {
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
