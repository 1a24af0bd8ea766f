import type { ChildProcess } from 'node:child_process';
import type { Credential } from '@cupola/protocol';
import { end, onLine, startChild } from '../../e2e/peers/child.ts';
import { parseFrame } from '../../e2e/peers/frames.ts';
import { Waiting } from '../../e2e/peers/waiting.ts';

const INPUT = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-rtsp_transport', 'tcp'];
/** A line a coded unit, with its timestamp as RTP has it: 90,000 a second. */
const OUTPUT = ['-map', '0:v', '-c', 'copy', '-copyts', '-f', 'framemd5', '-flush_packets', '1', 'pipe:1'];

/** The timestamps of a stream's pictures, read by FFmpeg. */
export class UnitTimes {
  readonly times: number[] = [];
  readonly #process: ChildProcess;
  readonly #waiting = new Waiting();

  constructor(url: string, credential?: Credential) {
    const login = credential === undefined ? '' : `${credential.user}:${credential.password}@`;
    this.#process = startChild('ffmpeg', [
      ...INPUT,
      '-i',
      url.replace('rtsp://', `rtsp://${login}`),
      ...OUTPUT,
    ]);
    onLine(this.#process, (line) => {
      if (parseFrame(line) === undefined) return;
      this.times.push(Number(line.split(',')[2]));
      this.#waiting.arrived();
    });
  }

  /** Between each picture and the next. */
  get steps(): number[] {
    return this.times.slice(1).map((time, index) => time - (this.times[index] ?? 0));
  }

  until(pictures: number, budgetMs: number): Promise<void> {
    return this.#waiting.until(`${pictures} pictures`, () => this.times.length >= pictures, budgetMs);
  }

  close(): Promise<void> {
    return end(this.#process);
  }
}
