import type { Clock } from '../kube/clock.ts';

const INTERVAL_MS = 100;
/** A turn that comes later than this has kept everything else waiting too. */
const LATE_MS = 250;

/**
 * Turns ten times a second, and knows since when they have come on time: a process that did not run (paused, starved
 * of CPU) or was cut off finds everybody silent, and must not judge by that.
 */
export class Attention {
  readonly #clock: Clock;
  readonly #onTurn: (nowMs: number) => void;
  #lastMs: number;
  #sinceMs: number;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, onTurn: (nowMs: number) => void) {
    this.#clock = clock;
    this.#onTurn = onTurn;
    this.#lastMs = clock.nowMs();
    this.#sinceMs = this.#lastMs;
  }

  /** Monotonic, ms. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** This process turns out to have been cut off: what it did not hear until now says nothing. */
  beginAnew(): void {
    this.#sinceMs = this.#clock.nowMs();
  }

  start(): void {
    this.#schedule();
  }

  close(): void {
    this.#cancel?.();
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(INTERVAL_MS, () => {
      const nowMs = this.#clock.nowMs();
      if (nowMs - this.#lastMs > INTERVAL_MS + LATE_MS) this.#sinceMs = nowMs;
      this.#lastMs = nowMs;
      this.#schedule();
      this.#onTurn(nowMs);
    });
  }
}
