/**
 * The operator's word on whether the active Service points at this pod's side. The last one received rules, whichever
 * replica said it; without a connection there is none.
 */
import type { SideMessage } from '@cupola/protocol';

export interface SideWordOptions {
  /** Whether any replica is connected. */
  isConnected(): boolean;
  /** The side was active and is no more, and its viewers are to go to the other. */
  onMove(): void;
  /** The side is active. */
  onActive(): void;
}

export class SideWord {
  readonly #options: SideWordOptions;
  readonly #waiting = new Set<() => void>();
  #word: SideMessage | undefined;
  /** Also from before a time without connection, in which the switch may have been made. */
  #wasActive = false;

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
      this.#options.onActive();
      return;
    }
    this.#release();
    if (wasActive && word.readers === 'Move') this.#options.onMove();
  }

  /** A connection was lost. */
  noteLost(): void {
    if (this.#options.isConnected()) return;
    this.#word = undefined;
    this.#release();
  }

  /** Resolves when the side is said not to be active, at once where nobody is there to say so, or on `signal`. */
  async waitUntilPassive(signal: AbortSignal): Promise<void> {
    if (this.isActive === false || !this.#options.isConnected() || signal.aborted) return;
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

  #release(): void {
    for (const done of [...this.#waiting]) done();
  }
}
