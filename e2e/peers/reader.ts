import { end, ended, keepErrors, onLine } from './child.ts';
import { compareFrames, type Frame, type FrameComparison, type Track } from './frames.ts';
import { type ReaderOptions, type ReaderProgram, startReaderProgram } from './reader-programs.ts';
import { untilOffered } from './rtsp-probe.ts';
import type { SimulatedCamera } from './simulated-camera.ts';
import { Waiting } from './waiting.ts';

/** An RTSP viewer: a program that tells of each frame as it arrives. It never connects again by itself. */
export class Reader {
  readonly received: Readonly<Record<Track, string[]>> = { v: [], a: [] };
  /** Bytes of each picture, coded or decoded as the reader's kind has it. */
  readonly pictureBytes: number[] = [];
  /** The longest time between two pictures so far, ms; may be set back. */
  longestGapMs = 0;
  /** Why the connection is over, undefined while it is not. */
  endedBy: string | undefined;
  readonly #program: ReaderProgram;
  readonly #waiting = new Waiting();
  #lastPictureMs: number | undefined;

  /** Connects when the stream is offered; resolves with the first picture. */
  static async open(options: ReaderOptions, budgetMs: number): Promise<Reader> {
    await untilOffered(options, budgetMs);
    const reader = new Reader(options, await startReaderProgram(options));
    await reader.pictures(1, budgetMs);
    return reader;
  }

  private constructor(options: ReaderOptions, program: ReaderProgram) {
    this.#program = program;
    const errors = keepErrors(program.process);
    onLine(program.process, (line) => this.#take(program.parse(line)));
    void ended(program.process).then((how) => {
      const shown = `${this.received.v.length} pictures`;
      this.endedBy = `${how} after ${shown}: ${errors.join(' ').replaceAll(options.password, '***')}`;
      this.#waiting.fail(new Error(`The reader of ${options.url} ended with ${this.endedBy}`));
    });
  }

  /** Resolves when this many more pictures than now have arrived. */
  async pictures(more: number, budgetMs: number): Promise<void> {
    const goal = this.received.v.length + more;
    await this.#waiting.until(`${more} pictures`, () => this.received.v.length >= goal, budgetMs);
  }

  /** Compares what has arrived so far with what the camera sent. */
  async compare(camera: SimulatedCamera): Promise<Record<Track, FrameComparison>> {
    const received = { v: [...this.received.v], a: [...this.received.a] };
    for (const track of ['v', 'a'] as const) {
      const last = received[track].at(-1);
      if (last !== undefined) await camera.told(track, last);
    }
    return {
      v: compareFrames(camera.sent.v, received.v),
      a: compareFrames(camera.sent.a, received.a),
    };
  }

  /** Of the pictures so far, which come so many a second. */
  bitrateKbps(framesPerSecond: number): number {
    const bytes = this.pictureBytes.reduce((sum, each) => sum + each, 0);
    return (bytes * 8 * framesPerSecond) / this.pictureBytes.length / 1_000;
  }

  async close(): Promise<void> {
    await end(this.#program.process);
    await this.#program.close();
  }

  #take(frame: Frame | undefined): void {
    if (frame === undefined) return;
    this.received[frame.track].push(frame.hash);
    if (frame.track === 'v') {
      this.pictureBytes.push(frame.bytes ?? 0);
      this.#takeTime(performance.now());
    }
    this.#waiting.arrived();
  }

  #takeTime(nowMs: number): void {
    if (this.#lastPictureMs !== undefined) {
      this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastPictureMs);
    }
    this.#lastPictureMs = nowMs;
  }
}
