/**
 * The control groups of one cluster: `/cupola-<key>/<machine>/{system,kubepods}` in every hierarchy (v1), or in
 * the one of v2. They also say which processes are ours, whatever became of our records.
 */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

/** The folders under which groups are made: one for v2, one a controller for v1. */
async function hierarchies(): Promise<string[]> {
  if (await isUnified()) return [root];
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
}

async function isUnified(): Promise<boolean> {
  return (await readOr(join(root, 'cgroup.controllers'))) !== null;
}

/** Makes `/prefix/machine/system` everywhere and gives the `cgroup.procs` files that move a process there. */
export async function ensureMachineGroups(prefix: string, machine: string): Promise<string[]> {
  const files: string[] = [];
  for (const hierarchy of await hierarchies()) {
    let folder = hierarchy;
    for (const part of [prefix, machine, 'system']) {
      await delegateControllers(folder);
      folder = join(folder, part);
      await mkdir(folder, { recursive: true });
      await inheritCpuset(folder);
    }
    files.push(join(folder, 'cgroup.procs'));
  }
  return files;
}

/** v2: a group's children may use the controllers that its subtree_control lists, none by default. */
async function delegateControllers(folder: string): Promise<void> {
  const controllers = await readOr(join(folder, 'cgroup.controllers'));
  for (const name of (controllers ?? '').split(/\s+/).filter((word) => word !== '')) {
    // One by one: the kernel refuses some (cpu, where realtime processes are), and the kubelet says what it lacks.
    await writeFile(join(folder, 'cgroup.subtree_control'), `+${name}`).catch(() => {});
  }
}

/** v1: a new cpuset group is empty and takes no process until it names CPUs and memory nodes. */
async function inheritCpuset(folder: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = await readOr(join(folder, file));
    if (own === null || own.trim() !== '' || (await isUnified())) continue;
    const parent = await readFile(join(folder, '..', file), 'utf8');
    await writeFile(join(folder, file), parent.trim());
  }
}

/** The folders of a group and of all below it in every hierarchy, deepest first. */
export async function listGroups(group: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
    if (entries === null) return;
    for (const entry of entries) if (entry.isDirectory()) await visit(join(folder, entry.name));
    found.push(folder);
  };
  for (const hierarchy of await hierarchies()) await visit(join(hierarchy, group));
  return found;
}

/** Host process ids of everything in the given groups. */
export async function listProcesses(groups: readonly string[]): Promise<Set<number>> {
  const pids = new Set<number>();
  for (const group of groups) {
    const text = await readOr(join(group, 'cgroup.procs'));
    // Reading a v2 group that delegates gives its own members only; a pid of 0 is out of our sight.
    for (const line of (text ?? '').split('\n')) if (Number(line) > 0) pids.add(Number(line));
  }
  return pids;
}

/** Removes the cluster's groups; they must have no process any more. */
export async function removeGroups(prefix: string): Promise<void> {
  for (const group of await listGroups(prefix)) {
    await rmdir(group).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

function readOr(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
