import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this file belongs to. */
export const checkoutFolder = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** What is dear to make and the same for every checkout: built tools, images, locks. Survives `down`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cupola');
}

/** What one checkout's cluster is: gone after `down`. */
export function stateFolder(key: string): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'cupola', key);
}

/** Six hexadecimal digits that tell this checkout's cluster from every other's on the machine. */
export function checkoutKey(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 6);
}
