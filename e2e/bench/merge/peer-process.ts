import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { onLine, startChild } from '../../peers/child.ts';

/** For a machine that does much else. */
const BUDGET_MS = 120_000;

/** Starts one of the bench's own programs; resolves when it says `ready`. */
export async function startPeer(name: string, settings: object): Promise<ChildProcess> {
  const program = path.join(import.meta.dirname, `${name}-main.ts`);
  const child = startChild(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in time`)), BUDGET_MS);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    onLine(child, (line) => {
      if (line !== 'ready') return;
      clearTimeout(timer);
      resolve();
    });
  });
  return child;
}
