import { performance } from 'node:perf_hooks';

/** Time as the operator's I/O uses it, so that a test may move it by hand. */
export interface Clock {
  /** Monotonic milliseconds; never steps back, unlike the wall clock. */
  nowMs(): number;
  /** Milliseconds since the epoch, for what other programs read. */
  wallMs(): number;
  /** Calls once after the time; returns what cancels it. Does not keep the process alive by itself. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after the time, or at once when the signal aborts: never rejects. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** The pause before the `attempt`th try in a row (from 1): doubling, between half and the whole of it by chance. */
export function backoffMs(
  attempt: number,
  limits: { baseMs: number; maxMs: number },
  random: () => number,
): number {
  const whole = Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(attempt - 1, 30));
  return whole * (0.5 + random() / 2);
}
