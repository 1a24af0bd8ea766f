import { setTimeout as delay } from 'node:timers/promises';
import { describeStatus, type Viewer } from './rtsp-probe.ts';

export interface Knock {
  /** When it began, ms since the epoch. */
  readonly atMs: number;
  /** How long the answer took, ms. */
  readonly tookMs: number;
  /** Undefined where the stream was offered. */
  readonly problem: string | undefined;
}

const INTERVAL_MS = 50;
/** Longer than a first SYN that was lost: who is answered later than this was not let in. */
const PATIENCE_MS = 5_000;

/** Somebody who comes anew every 50 ms, asks for a stream, and goes: what is new viewers' luck with a Service? */
export class Knocking {
  readonly knocks: Knock[] = [];
  readonly #viewer: Viewer;
  readonly #stop = new AbortController();
  readonly #pending = new Set<Promise<void>>();

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    void this.#run();
  }

  get failures(): Knock[] {
    return this.knocks.filter(({ problem }) => problem !== undefined);
  }

  /** How long after `fromMs` (ms since the epoch) the first who came since was let in. */
  outageMs(fromMs: number): number {
    const answered = this.knocks.filter(({ atMs, problem }) => atMs >= fromMs && problem === undefined);
    return Math.min(...answered.map(({ atMs, tookMs }) => atMs + tookMs)) - fromMs;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#pending);
  }

  /** One does not wait for the other: a knock that nobody answers must not hide those after it. */
  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const knock = this.#knock();
      this.#pending.add(knock);
      void knock.then(() => this.#pending.delete(knock));
      await delay(INTERVAL_MS);
    }
  }

  async #knock(): Promise<void> {
    const atMs = Date.now();
    const problem = await describeStatus(this.#viewer, PATIENCE_MS).then(
      (status) => (status === 200 ? undefined : `status ${status}`),
      (error: unknown) => String(error),
    );
    this.knocks.push({ atMs, tookMs: Date.now() - atMs, problem });
  }
}
