/** Brings archives into a node's containerd, once each. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, run } from './command.ts';
import type { ImageArchive } from './images.ts';
import { containerdSocket } from './node-machine.ts';

const CONTAINERD_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

/**
 * Imports what the node does not have yet. A file beside containerd's store says what it has: both live and go
 * together, and it is written only after an import.
 * @param folder the node's machine folder
 * @returns the references that were new to the node
 */
export async function importImages(folder: string, archives: readonly ImageArchive[]): Promise<string[]> {
  const recordFile = join(folder, 'images.json');
  const record = JSON.parse(await readFile(recordFile, 'utf8').catch(() => '{}')) as Record<string, string>;
  const lacking = archives.filter(({ reference, hash }) => record[reference] !== hash);
  if (lacking.length === 0) return [];
  const socket = containerdSocket(folder);
  await waitForContainerd(socket);
  for (const { reference, hash, path } of lacking) {
    await run('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', path]);
    record[reference] = hash;
    await writeFile(recordFile, JSON.stringify(record));
  }
  return lacking.map(({ reference }) => reference);
}

async function waitForContainerd(socket: string): Promise<void> {
  const deadlineMs = Date.now() + CONTAINERD_TIMEOUT_MS;
  while ((await ask('ctr', ['--address', socket, 'version'])) === null) {
    if (Date.now() > deadlineMs) throw new Error(`containerd does not answer on ${socket}`);
    await delay(POLL_MS);
  }
}
