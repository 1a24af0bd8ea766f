import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PushTarget } from './camera-settings.ts';
import { end, ended, keepErrors, onLine, startChild } from './child.ts';
import { pusherCommand } from './ffmpeg-arguments.ts';
import { RtspLogin } from './rtsp-login.ts';

export type PushEvent = { event: 'accepted' } | { event: 'lost'; reason: string };

const RETRY_FIRST_MS = 200;
const RETRY_LONGEST_MS = 1_000;
/** A connection that takes no frame for this long is given up, as cameras do. */
const STALLED_AFTER_MS = 5_000;

/** One push of a camera, tried again for as long as the camera runs; the login is read anew for each try. */
export class CameraPush {
  readonly #folder: string;
  readonly #index: number;
  readonly #localUrl: string;
  readonly #target: () => PushTarget;
  readonly #tell: (event: PushEvent) => void;
  readonly #closing = new AbortController();
  #pusher: ChildProcess | undefined;
  #accepted = false;

  constructor(
    folder: string,
    index: number,
    localUrl: string,
    target: () => PushTarget,
    tell: (e: PushEvent) => void,
  ) {
    this.#folder = folder;
    this.#index = index;
    this.#localUrl = localUrl;
    this.#target = target;
    this.#tell = tell;
  }

  /** Resolves when the camera closes. */
  async run(): Promise<void> {
    const login = await RtspLogin.start(this.#target, () => this.#accept());
    let retryMs = RETRY_FIRST_MS;
    while (!this.#closing.signal.aborted) {
      const reason = await this.#pushOnce(login);
      if (this.#closing.signal.aborted) break;
      if (this.#accepted) retryMs = RETRY_FIRST_MS;
      this.#tell({ event: 'lost', reason });
      await delay(retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, RETRY_LONGEST_MS);
    }
    await login.close();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#pusher) await end(this.#pusher);
  }

  async #pushOnce(login: RtspLogin): Promise<string> {
    this.#accepted = false;
    const presetFile = path.join(this.#folder, `push-${this.#index}.preset`);
    const command = pusherCommand(this.#target(), this.#localUrl, presetFile, login.port);
    await writeFile(presetFile, command.preset, { mode: 0o600 });
    const pusher = startChild('ffmpeg', command.arguments);
    this.#pusher = pusher;
    const errors = keepErrors(pusher);
    let frames = 0;
    const stalled = setTimeout(() => pusher.kill('SIGKILL'), STALLED_AFTER_MS * 2);
    onLine(pusher, (line) => {
      const sent = /^frame=(\d+)$/.exec(line)?.[1];
      if (sent === undefined || Number(sent) === frames) return;
      frames = Number(sent);
      if (!this.#target().url.startsWith('rtsp:')) this.#accept();
      stalled.refresh();
    });
    const how = await ended(pusher);
    clearTimeout(stalled);
    return `${how} after ${frames} frames: ${errors.join(' ')}`;
  }

  #accept(): void {
    if (this.#accepted) return;
    this.#accepted = true;
    this.#tell({ event: 'accepted' });
  }
}
