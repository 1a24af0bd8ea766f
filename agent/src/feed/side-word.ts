/**
 * The operator's word on whether the active Service points at this pod's side. The last one received rules, whichever
 * replica said it; without a connection there is none.
 */
import type { SideMessage } from '@cupola/protocol';

/**
 * How long after a switch some node may still lead new connections to the old side: kube-proxy syncs at most once a
 * second, and a busy node takes its time.
 */
export const ROUTED_MS = 3_000;

export interface SideWordOptions {
  /** Whether any replica is connected. */
  isConnected(): boolean;
  /** The side was active, nobody is led to it any more, and its viewers are to go to the other. */
  onMove(): void;
}

export class SideWord {
  readonly #options: SideWordOptions;
  readonly #waiting = new Set<() => void>();
  #word: SideMessage | undefined;
  /** Also from before a time without connection, in which the switch may have been made. */
  #wasActive = false;
  /** Runs from the word that the side is active no more until nobody is led to it. */
  #leaving: NodeJS.Timeout | undefined;

  constructor(options: SideWordOptions) {
    this.#options = options;
  }

  /** Undefined while nobody said it. */
  get isActive(): boolean | undefined {
    return this.#word?.active;
  }

  hear(word: SideMessage): void {
    const wasActive = this.#wasActive;
    this.#word = word;
    this.#wasActive = word.active;
    if (word.active) {
      clearTimeout(this.#leaving);
      this.#leaving = undefined;
    } else if (wasActive) {
      this.#leaving = setTimeout(() => this.#left(), ROUTED_MS);
    } else if (this.#leaving === undefined) {
      this.#release();
    }
  }

  close(): void {
    clearTimeout(this.#leaving);
  }

  /** A connection was lost. */
  noteLost(): void {
    if (this.#options.isConnected()) return;
    this.#word = undefined;
    if (this.#leaving === undefined) this.#release();
  }

  /** Resolves when nobody is led to the side any more, at once where nobody is there to say so, or on `signal`. */
  async waitUntilPassive(signal: AbortSignal): Promise<void> {
    const isSwitchable = this.isActive !== false && this.#options.isConnected();
    if ((this.#leaving === undefined && !isSwitchable) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  #left(): void {
    this.#leaving = undefined;
    this.#release();
    if (this.#word?.active === false && this.#word.readers === 'Move') this.#options.onMove();
  }

  #release(): void {
    for (const done of [...this.#waiting]) done();
  }
}
