import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { say } from './progress.ts';

const PATIENCE_MS = 1_000;

/**
 * Runs `work` while holding an exclusive lock on a file, across processes and checkouts.
 *
 * Node has no flock(2), so util-linux's `flock` holds the lock in a child that lives as long as its stdin:
 * the kernel closes that pipe when this process ends in any way, so a killed holder leaves no stale lock.
 */
export async function withFileLock<T>(path: string, purpose: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const holder = spawn('flock', ['--exclusive', path, 'sh', '-c', 'echo locked; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = setTimeout(
    () => say(`waiting for another process that is at it too: ${purpose}`),
    PATIENCE_MS,
  );
  try {
    await Promise.race([
      once(holder.stdout, 'data'),
      once(holder, 'exit').then(([exitCode]) => {
        throw new Error(`flock ${path} ended with ${exitCode} before it had the lock`);
      }),
    ]);
  } finally {
    clearTimeout(waiting);
  }
  try {
    return await work();
  } finally {
    const gone = once(holder, 'exit');
    holder.stdin.end();
    await gone;
  }
}
