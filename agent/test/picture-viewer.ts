import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { end, onLine, startChild } from '../../e2e/peers/child.ts';
import { Waiting } from '../../e2e/peers/waiting.ts';
import { VIEWER } from './media-pod.ts';

const INPUT = [
  '-hide_banner',
  '-loglevel',
  'error',
  '-nostdin',
  '-fflags',
  'nobuffer',
  '-rtsp_transport',
  'tcp',
];
const OUTPUT = [
  '-autoscale',
  '0',
  '-vsync',
  'passthrough',
  '-f',
  'framemd5',
  '-flush_packets',
  '1',
  'pipe:1',
];

/** A viewer that decodes: FFmpeg, which says of each picture its time and size, and what it could not decode. */
export class PictureViewer {
  /** Of each picture, bytes of its raw form. */
  readonly sizes: number[] = [];
  /** Of each picture, in frames: squeezed ones share a time. */
  readonly times: number[] = [];
  /** The longest time between two pictures' arrivals, ms; may be set back. */
  longestGapMs = 0;
  /** What the decoder complained of; may be emptied. */
  readonly complaints: string[] = [];
  readonly #process: ChildProcess;
  readonly #waiting = new Waiting();
  #lastMs: number | undefined;

  constructor(url: string) {
    const login = url.replace('rtsp://', `rtsp://${VIEWER.user}:${VIEWER.password}@`);
    this.#process = startChild('ffmpeg', [...INPUT, '-i', login, '-map', '0:v', ...OUTPUT]);
    onLine(this.#process, (line) => this.#take(line));
    if (this.#process.stderr !== null) {
      createInterface({ input: this.#process.stderr }).on('line', (line) => this.complaints.push(line));
    }
    this.#process.once('exit', () => this.#waiting.fail(new Error(this.complaints.slice(-3).join(' '))));
  }

  /** Resolves when so many more pictures came that `isWanted` takes. */
  async pictures(more: number, budgetMs: number, isWanted = (_size: number) => true): Promise<void> {
    const from = this.sizes.length;
    const reached = () => this.sizes.slice(from).filter(isWanted).length >= more;
    await this.#waiting.until(`${more} pictures`, reached, budgetMs);
  }

  async close(): Promise<void> {
    await end(this.#process);
  }

  #take(line: string): void {
    const [, , time, , size, hash] = line.split(',').map((field) => field.trim());
    if (hash === undefined) return;
    this.times.push(Number(time));
    this.sizes.push(Number(size));
    const nowMs = performance.now();
    if (this.#lastMs !== undefined) this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#waiting.arrived();
  }
}
