/**
 * What both containers of the pod wait for before they are ended (the kubelet's preStop):
 *
 *     the active Service points elsewhere  -->  no viewer is left       -->  SIGTERM
 *     (at most 10 s; not at all while           (at most the plan's
 *     no operator is there to switch it)        drain time)
 *
 * The kubelet waits for the answer, whatever it is. Anybody on the pod network may ask; it changes nothing.
 */

/** A switch takes a fraction of this, where there is a side to switch to. */
const SWITCH_MS = 10_000;
const LOOK_INTERVAL_MS = 500;
/** The kubelet asks once for each of the two containers, from the node's address. */
const WAITS_OF_AN_ADDRESS = 4;
const WAITS = 16;

export interface PreStopOptions {
  /** Resolves also when `signal` aborts. */
  readonly waitUntilPassive: (signal: AbortSignal) => Promise<void>;
  /** Rejects when MediaMTX does not answer. */
  countViewers(): Promise<number>;
  /** Of the plan in force. */
  readonly drainMs: () => number;
  onDraining(viewers: number): void;
}

export class PreStop {
  readonly #options: PreStopOptions;
  readonly #waits = new Map<string, number>();
  #count = 0;

  constructor(options: PreStopOptions) {
    this.#options = options;
  }

  /** Resolves when the container may be ended, or `signal` aborts; false when too many wait already. */
  async wait(address: string, signal: AbortSignal): Promise<boolean> {
    const ofAddress = this.#waits.get(address) ?? 0;
    if (ofAddress >= WAITS_OF_AN_ADDRESS || this.#count >= WAITS) return false;
    this.#waits.set(address, ofAddress + 1);
    this.#count++;
    const { waitUntilPassive, drainMs } = this.#options;
    try {
      await within(SWITCH_MS, signal, waitUntilPassive);
      await within(drainMs(), signal, (late) => this.#drain(late));
      return true;
    } finally {
      this.#leave(address);
    }
  }

  async #drain(late: AbortSignal): Promise<void> {
    for (let isFirst = true; !late.aborted; isFirst = false) {
      const viewers = await this.#options.countViewers().catch(() => 0);
      if (viewers === 0 || late.aborted) return;
      if (isFirst) this.#options.onDraining(viewers);
      await waitFor(LOOK_INTERVAL_MS, late);
    }
  }

  #leave(address: string): void {
    this.#count--;
    const left = (this.#waits.get(address) ?? 1) - 1;
    if (left === 0) this.#waits.delete(address);
    else this.#waits.set(address, left);
  }
}

/** The task, with a signal that aborts when the time is over or `signal` does. */
async function within(ms: number, signal: AbortSignal, task: (late: AbortSignal) => Promise<void>) {
  if (ms === 0 || signal.aborted) return;
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  signal.addEventListener('abort', abort);
  try {
    await task(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
