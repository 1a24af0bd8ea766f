import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks: the end of somebody else's child brings no event. */
const LOOK_MS = 20;

/** Resolves when a process, of whomever, is gone or waits to be reaped; rejects when it is not within the budget. */
export async function untilGone(pid: number, budgetMs: number): Promise<void> {
  const untilMs = performance.now() + budgetMs;
  while (isThere(pid)) {
    if (performance.now() > untilMs) throw new Error(`process ${pid} is still there after ${budgetMs} ms`);
    await sleep(LOOK_MS);
  }
}

function isThere(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
