import { setTimeout as sleep } from 'node:timers/promises';

/** How long an integration test waits for what should happen at once; generous, as the machine may be busy. */
export const SOON_MS = 15_000;

/** How long tests that play the operator give agents to connect; as long as the operator does. */
export const SETTLING_MS = 15_000;

/** Waits until the condition holds. For what has no event to wait for. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  budgetMs = SOON_MS,
): Promise<void> {
  const giveUp = performance.now() + budgetMs;
  while (!(await isSo())) {
    if (performance.now() > giveUp) throw new Error(`not within ${budgetMs} ms: ${what}`);
    await sleep(20);
  }
}
