/** A MediaMTX of its own, with RTSP alone and no questions asked: a camera's server, or a factory without an agent. */
import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolPath } from '../../e2e/cluster/tools.ts';
import { end, onLine, startChild } from '../../e2e/peers/child.ts';
import { Waiting } from '../../e2e/peers/waiting.ts';

const BUDGET_MS = 30_000;

export class PlainMediamtx {
  readonly port: number;
  readonly #file: string;
  readonly #sources: ReadonlyMap<string, string>;
  readonly #waiting = new Waiting();
  #online = 0;
  #process: ChildProcess | undefined;

  /** `sources`: which URL each path is pulled from; without one everybody may publish everything. */
  constructor(port: number, folder: string, sources: ReadonlyMap<string, string> = new Map()) {
    this.port = port;
    this.#file = join(folder, `mediamtx-${port}.yml`);
    this.#sources = sources;
  }

  url(path: string): string {
    return `rtsp://127.0.0.1:${this.port}/${path}`;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    await writeFile(this.#file, this.#settings());
    const child = startChild(await toolPath('mediamtx'), [this.#file]);
    this.#process = child;
    this.#online = 0;
    let isListening = false;
    onLine(child, (line) => {
      isListening ||= line.includes('[RTSP] started with listener');
      if (line.includes('is available and online')) this.#online += 1;
      this.#waiting.arrived();
    });
    await this.#waiting.until('MediaMTX', () => isListening, BUDGET_MS);
  }

  /** Resolves when so many streams have been there since its start. */
  async untilOnline(streams: number): Promise<void> {
    await this.#waiting.until(`${streams} streams`, () => this.#online >= streams, BUDGET_MS);
  }

  async kill(): Promise<void> {
    if (this.#process !== undefined) await end(this.#process);
  }

  #settings(): string {
    const paths = [...this.#sources].map(
      ([path, url]) => `'${path}': {source: '${url}', rtspTransport: tcp}`,
    );
    return [
      `rtspAddress: '127.0.0.1:${this.port}'`,
      'rtspTransports: [tcp]',
      ...['rtmp', 'srt', 'hls', 'webrtc', 'moq', 'api'].map((server) => `${server}: no`),
      'authInternalUsers: [{user: any, permissions: [{action: publish}, {action: read}]}]',
      `paths: {${paths.length > 0 ? paths.join(', ') : 'all_others: {}'}}`,
      '',
    ].join('\n');
  }
}
