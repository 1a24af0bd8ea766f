/** Finds and ends the processes of a cluster by where they are (control group, network namespace), never by name. */
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { listGroups, listProcesses } from './control-groups.ts';

const END_TIMEOUT_MS = 15_000;
const POLL_MS = 20;

export interface Whereabouts {
  /** A control group and those below it: `cupola-<key>`, or `cupola-<key>/<machine>`. */
  readonly group?: string;
  /** Named network namespaces. */
  readonly netns: readonly string[];
}

/** Host process ids of everything there, this process excepted. */
export async function findProcesses(where: Whereabouts): Promise<Set<number>> {
  const pids = await listProcesses(where.group === undefined ? [] : await listGroups(where.group));
  const inodes = await namespaceInodes(where.netns);
  if (inodes.size > 0) {
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const link = await readlink(`/proc/${entry}/ns/net`).catch(() => '');
      if (inodes.has(link)) pids.add(Number(entry));
    }
  }
  pids.delete(process.pid);
  return pids;
}

async function namespaceInodes(names: readonly string[]): Promise<Set<string>> {
  const inodes = new Set<string>();
  for (const name of names) {
    const info = await stat(`/run/netns/${name}`).catch(() => null);
    if (info !== null) inodes.add(`net:[${info.ino}]`);
  }
  return inodes;
}

/** SIGKILL until none is left: first processes of PID namespaces take everything in them along. */
export async function endProcesses(where: Whereabouts): Promise<void> {
  const deadlineMs = Date.now() + END_TIMEOUT_MS;
  for (;;) {
    const pids = await findProcesses(where);
    if (pids.size === 0) return;
    if (Date.now() > deadlineMs) {
      throw new Error(
        `processes ${[...pids].join(', ')} in ${where.group ?? where.netns} did not end on SIGKILL`,
      );
    }
    for (const pid of pids) signal(pid, 'SIGKILL');
    await delay(POLL_MS);
  }
}

/** Sends a signal; false when the process is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The number that a process has in its innermost PID namespace: 1 for the first one of a container. */
export async function innermostPid(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const last = /^NSpid:.*\s(\d+)$/m.exec(status)?.[1];
  return last === undefined ? null : Number(last);
}
