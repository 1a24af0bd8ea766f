/**
 * Watches one stream before and after the system under test: both legs at their source, and what comes out. A picture's
 * delay is the time from its last byte's arrival from the first leg to its last byte's arrival at the output, by one
 * clock.
 */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { RtspFraming } from '../../peers/rtsp-framing.ts';
import { readPictureNumber } from './clip.ts';
import { playStream } from './media-connection.ts';

export class DelayProbe {
  readonly #closers: (() => void)[] = [];
  readonly #atSource = new Map<number, number>();
  readonly #atOutput = new Map<number, number>();

  /** Resolves when both legs come. */
  async watchLegs(legs: readonly string[]): Promise<void> {
    for (const leg of legs) await this.#play(leg, this.#atSource);
  }

  /** Resolves when the output comes. */
  async watchOutput(url: string): Promise<void> {
    await this.#play(url, this.#atOutput);
  }

  /** Resolves when the port is open to which the output will be sent. */
  async listenForOutput(port: number): Promise<void> {
    const server = createServer((socket) => socket.on('data', watch(this.#atOutput)));
    this.#closers.push(() => server.close());
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  /** Delays in ms of the pictures that arrived from the first leg in this time, and how many never came out. */
  read(sinceMs: number, untilMs: number): { readonly delaysMs: number[]; readonly lost: number } {
    const delaysMs: number[] = [];
    let lost = 0;
    for (const [number, atMs] of this.#atSource) {
      if (atMs < sinceMs || atMs > untilMs) continue;
      const outMs = this.#atOutput.get(number);
      if (outMs === undefined) lost++;
      else delaysMs.push(outMs - atMs);
    }
    return { delaysMs, lost };
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  async #play(url: string, arrivals: Map<number, number>): Promise<void> {
    const socket = await playStream(url, watch(arrivals));
    this.#closers.push(() => socket.destroy());
  }
}

/** Notes when each picture was whole for the first time. */
function watch(arrivals: Map<number, number>): (bytes: Buffer) => void {
  const framing = new RtspFraming();
  return (bytes) => {
    for (const item of framing.push(bytes)) {
      if (item.kind !== 'frame' || item.channel !== 0) continue;
      const number = readPictureNumber(item.raw);
      if (number !== undefined && !arrivals.has(number)) arrivals.set(number, performance.now());
    }
  };
}
