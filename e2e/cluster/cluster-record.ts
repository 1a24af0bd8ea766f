/** What `up` decided and cannot be computed again: kept in the state folder, read by every other verb. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ClusterRecord {
  readonly checkout: string;
  /** First three numbers of the node network. */
  readonly network: string;
  readonly nodeCount: number;
  /** Folder of the programs that it runs. */
  readonly tools: string;
  /** As in the node settings. */
  readonly maxRestartDelay: string | null;
}

/** The record, or null where no cluster was brought up (or all of it was taken down). */
export async function readRecord(folder: string): Promise<ClusterRecord | null> {
  const text = await readFile(join(folder, 'cluster.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ClusterRecord);
}

export async function writeRecord(folder: string, record: ClusterRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const file = join(folder, 'cluster.json');
  await writeFile(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
