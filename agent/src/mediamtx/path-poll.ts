/**
 * Asks MediaMTX what it has: at a slow pace always, which also tells whether it answers, at a fast one from the
 * moment a publisher was let in until its path is there, and at once when a connection to it was cut.
 */
import type { ApiPath, ControlApi } from './control-api.ts';

const SLOW_MS = 500;
const FAST_MS = 50;
/** A publisher that was let in this long ago and has no path yet will have none: RTMP analyses for up to 5 s. */
const EXPECT_MS = 10_000;

export interface PathPollOptions {
  readonly api: Pick<ControlApi, 'listPaths' | 'getVersion'>;
  readonly nowMs: () => number;
  /** Without a camera to look for, MediaMTX is only asked whether it is there. */
  wantsPaths(): boolean;
  onPaths(paths: readonly ApiPath[]): void;
  onUp(version: string): void;
  onDown(error: Error): void;
}

export class PathPoll {
  readonly #options: PathPollOptions;
  /** Until when the paths of publishers that were let in are looked for. */
  readonly #expected = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isUp = false;
  /** Of the last sign of life, or of the cut that came after it. */
  #quietSinceMs: number;
  #closed = false;
  #isAsking = false;

  constructor(options: PathPollOptions) {
    this.#options = options;
    this.#quietSinceMs = options.nowMs();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** How long ago MediaMTX last answered, or was cut off since. */
  get quietMs(): number {
    return this.#options.nowMs() - this.#quietSinceMs;
  }

  start(): void {
    void this.#ask();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** MediaMTX may be gone. */
  suspect(): void {
    if (!this.#isUp || this.#closed) return;
    this.#quietSinceMs = this.#options.nowMs();
    this.askNow();
  }

  /** Something has changed there. */
  askNow(): void {
    if (this.#isAsking || this.#closed) return;
    clearTimeout(this.#timer);
    void this.#ask();
  }

  /** A publisher of this path was let in. */
  expect(path: string): void {
    this.#expected.set(path, this.#options.nowMs() + EXPECT_MS);
    if (!this.#isAsking) this.#schedule();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      const { api } = this.#options;
      // Also MediaMTX restarting between two answers is seen: its publishers are gone then.
      const version = this.#isUp ? undefined : await api.getVersion();
      if (this.#options.wantsPaths()) this.#take(await api.listPaths());
      else if (version === undefined) await api.getVersion();
      if (this.#closed) return;
      this.#isUp = true;
      this.#quietSinceMs = this.#options.nowMs();
      if (version !== undefined) this.#options.onUp(version);
    } catch (error) {
      if (this.#closed) return;
      const wasUp = this.#isUp;
      this.#isUp = false;
      if (wasUp) this.#options.onDown(error as Error);
    } finally {
      this.#isAsking = false;
      this.#schedule();
    }
  }

  #take(paths: readonly ApiPath[]): void {
    const nowMs = this.#options.nowMs();
    for (const path of paths) if (path.available && path.name !== undefined) this.#expected.delete(path.name);
    for (const [path, untilMs] of this.#expected) if (untilMs <= nowMs) this.#expected.delete(path);
    if (!this.#closed) this.#options.onPaths(paths);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#ask(), this.#expected.size > 0 ? FAST_MS : SLOW_MS);
  }
}
