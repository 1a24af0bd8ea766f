/** How soon a leg that is not there is tried again. Pure. */

/** One that was live a moment ago comes back with its server. */
const FAST_MS = 200;
const SLOW_MS = 2_000;
/** After this long a leg counts as one that never was: thousands of unplugged cameras would cost 5 attempts/s each. */
const REMEMBER_LIVE_MS = 60_000;

export interface LegRetry {
  /** Attempts in a row without media, at least one. */
  readonly failures: number;
  /** Undefined where it never was live. */
  readonly lastLiveMs: number | undefined;
  readonly nowMs: number;
}

export function legRetryDelayMs({ failures, lastLiveMs, nowMs }: LegRetry): number {
  if (lastLiveMs !== undefined && nowMs - lastLiveMs < REMEMBER_LIVE_MS) return FAST_MS;
  return Math.min(FAST_MS * 2 ** Math.min(failures - 1, 10), SLOW_MS);
}
