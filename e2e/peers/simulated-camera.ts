import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CameraSettings, PushTarget } from './camera-settings.ts';
import { end, ended, keepErrors, onLine, startChild } from './child.ts';
import type { Track } from './frames.ts';
import { decodeEncoding } from './kept-encoding.ts';
import { Waiting } from './waiting.ts';

const PROGRAM = path.join(import.meta.dirname, 'camera-main.ts');
/** A frame goes to the reader by one process less than to the teller of it, which may have to wait for its turn. */
const TOLD_BUDGET_MS = 10_000;

/** A camera that the test runs: what it sent, and when each of its pushes was accepted or lost. */
export class SimulatedCamera {
  settings: CameraSettings;
  /** The hashes of all frames sent, in order. */
  readonly sent: Readonly<Record<Track, string[]>> = { v: [], a: [] };
  /** When each push was last accepted, ms since the epoch; undefined while it is not. */
  readonly acceptedAtMs: (number | undefined)[] = [];
  /** Why pushes were lost, and in the end why the camera could not go on. */
  readonly losses: string[] = [];
  /** When each push was lost, in ms since the epoch, and accepted again after that. */
  readonly interruptions: { readonly push: number; readonly lostMs: number; acceptedMs?: number }[] = [];
  readonly #process: ChildProcess;
  readonly #file: string;
  readonly #waiting = new Waiting();

  private constructor(settings: CameraSettings, process: ChildProcess, file: string) {
    this.settings = settings;
    this.#process = process;
    this.#file = file;
    const errors = keepErrors(process);
    onLine(process, (line) => this.#take(line));
    void ended(process).then((how) => {
      const why = [...this.losses.slice(-1), ...errors].join(' ');
      this.#waiting.fail(new Error(`Camera ${settings.name} ended (${how}): ${why}`));
    });
  }

  /** Starts the camera in the network namespace; resolves when its first picture is encoded. */
  static async start(
    settings: Omit<CameraSettings, 'reportFrames'>,
    folder: string,
    netns: string | undefined,
  ): Promise<SimulatedCamera> {
    const reporting = { ...settings, reportFrames: true };
    const file = await writeCameraSettings(reporting, folder);
    const process_ = startChild(process.execPath, [PROGRAM, file], { netns });
    const camera = new SimulatedCamera(reporting, process_, file);
    await camera.#waiting.until(`Camera ${settings.name} encodes`, () => camera.sent.v.length > 0, 30_000);
    return camera;
  }

  /** Resolves with the time when the push (all of them where none is named) is accepted. */
  async accepted(budgetMs: number, push?: number): Promise<number> {
    const pushes = push === undefined ? [...this.settings.pushes.keys()] : [push];
    const all = () => pushes.every((index) => this.acceptedAtMs[index] !== undefined);
    const lately = () => this.losses.slice(-2).join(' ');
    await this.#waiting.until(`Camera ${this.settings.name} accepted`, all, budgetMs).catch((error) => {
      throw new Error(`${error.message} Last losses: ${lately()}`, { cause: error });
    });
    return Math.max(...pushes.map((index) => this.acceptedAtMs[index] ?? 0));
  }

  /** Resolves with the time when the first of its pushes is accepted. */
  async firstAccepted(budgetMs: number): Promise<number> {
    const earliest = () => Math.min(...this.acceptedAtMs.filter((atMs) => atMs !== undefined));
    const isAccepted = () => Number.isFinite(earliest());
    await this.#waiting.until(`Camera ${this.settings.name} accepted somewhere`, isAccepted, budgetMs);
    return earliest();
  }

  /** Resolves when a push is lost that was accepted. */
  async lost(push: number, budgetMs: number): Promise<void> {
    const isLost = () => this.acceptedAtMs[push] === undefined;
    await this.#waiting.until(`Camera ${this.settings.name} loses its push`, isLost, budgetMs);
  }

  /** Resolves when the camera has told of a frame with this hash, which a reader may get first, or never will. */
  async told(track: Track, hash: string): Promise<void> {
    await this.tells(track, hash).catch(
      () => undefined, // then it is foreign, and the comparison says so
    );
  }

  /** The same, but rejects where the camera never tells of it. */
  tells(track: Track, hash: string): Promise<void> {
    const isTold = () => this.sent[track].includes(hash);
    return this.#waiting.until('The camera tells of a frame', isTold, TOLD_BUDGET_MS);
  }

  /** The hashes of all pictures so far as each encoder's are decoded; of a camera of numbered pictures. */
  decodeEncodings(): Promise<string[][]> {
    const encoders = [...Array(this.settings.numbered?.encoders ?? 0).keys()];
    return Promise.all(encoders.map((encoder) => decodeEncoding(path.dirname(this.#file), encoder)));
  }

  /** Changes the password that the camera shows at its next connection. */
  async changePassword(password: string): Promise<void> {
    await this.#change(this.settings.pushes.map((target) => ({ ...target, password })));
  }

  /** Makes some RTSP pushes late from now on, or no longer (0). */
  async delay(pushes: readonly number[], delayMs: number): Promise<void> {
    await this.#change(
      this.settings.pushes.map((target, index) => (pushes.includes(index) ? { ...target, delayMs } : target)),
    );
  }

  async stop(): Promise<void> {
    await end(this.#process);
  }

  async #change(pushes: readonly PushTarget[]): Promise<void> {
    this.settings = { ...this.settings, pushes };
    await writeCameraSettings(this.settings, path.dirname(this.#file));
    this.#process.kill('SIGHUP');
  }

  #take(line: string): void {
    if (line.startsWith('v ')) this.sent.v.push(line.slice(2));
    else if (line.startsWith('a ')) this.sent.a.push(line.slice(2));
    else this.#takeEvent(JSON.parse(line));
    this.#waiting.arrived();
  }

  #takeEvent(event: { event: string; push: number; atMs: number; reason?: string }): void {
    if (event.event === 'accepted') {
      this.acceptedAtMs[event.push] = event.atMs;
      const last = this.interruptions.findLast(({ push }) => push === event.push);
      if (last !== undefined) last.acceptedMs ??= event.atMs;
    }
    if (event.event === 'broken') this.losses.push(event.reason ?? '');
    if (event.event === 'lost') {
      if (this.acceptedAtMs[event.push] !== undefined) {
        this.interruptions.push({ push: event.push, lostMs: event.atMs });
      }
      this.acceptedAtMs[event.push] = undefined;
      this.losses.push(event.reason ?? '');
    }
  }
}

/** Starts a camera that outlives this process, as the demo's do; the process id is that of its process group. */
export async function startDetachedCamera(
  settings: Omit<CameraSettings, 'reportFrames'>,
  folder: string,
  netns: string,
): Promise<number> {
  const file = await writeCameraSettings({ ...settings, reportFrames: false }, folder);
  const log = await open(path.join(folder, 'camera.log'), 'a', 0o600);
  const args = [`--net=${netns}`, '--', process.execPath, PROGRAM, file];
  const child = spawn('nsenter', args, { stdio: ['ignore', log.fd, log.fd], detached: true });
  await log.close();
  if (child.pid === undefined) throw new Error(`Camera ${settings.name} did not start: nsenter is missing.`);
  child.unref();
  return child.pid;
}

async function writeCameraSettings(settings: CameraSettings, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'settings.json');
  await writeFile(`${file}.new`, JSON.stringify(settings), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}
