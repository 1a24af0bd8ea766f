/** How long to wait before the next attempt. Pure: `random` is in [0, 1). */

const FIRST_DELAY_MS = 100;
/** With the operator back, every agent is back within this; the jitter keeps them apart. */
const LAST_DELAY_MS = 2_000;

/** `failures` attempts in a row went wrong, at least one. Half of the delay is fixed, half is chance. */
export function reconnectDelayMs(failures: number, random: number): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 10), LAST_DELAY_MS);
  return full / 2 + (full / 2) * random;
}
