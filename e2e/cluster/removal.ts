/** Takes everything of a checkout's cluster away by its names alone, and tells what is left of it. */
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { prefixOf } from './cluster-plan.ts';
import { ask, run } from './command.ts';
import { listGroups, removeGroups } from './control-groups.ts';
import { checkoutKey, stateFolder } from './folders.ts';
import { removeNetns, removeSwitch } from './network.ts';
import { endProcesses, findProcesses } from './processes.ts';

/** Ends all processes, then removes groups, namespaces, links, mounts and files. May be repeated, at any stage. */
export async function removeCluster(checkout: string): Promise<void> {
  const prefix = prefixOf(checkout);
  const folder = stateFolder(checkoutKey(checkout));
  const netns = await listNetns(prefix);
  await endProcesses({ group: prefix, netns });
  await removeGroups(prefix);
  await removeSwitch(prefix, `${prefix}-switch`);
  for (const name of netns) await removeNetns(name);
  for (const mount of await listMounts(folder)) await run('umount', ['--lazy', mount]);
  await rm(folder, { recursive: true, force: true });
  await rm(`${folder}.new`, { recursive: true, force: true });
  // Only where no other checkout's cluster is in it.
  await rmdir(dirname(folder)).catch(() => {});
}

/** What still exists of a checkout's cluster, a line each; nothing after a `down`. */
export async function findLeftovers(checkout: string): Promise<string[]> {
  const prefix = prefixOf(checkout);
  const folder = stateFolder(checkoutKey(checkout));
  const netns = await listNetns(prefix);
  const processes = [...(await findProcesses({ group: prefix, netns }))];
  const link = (await ask('ip', ['link', 'show', prefix])) === null ? [] : [prefix];
  return [
    ...processes.map((pid) => `process ${pid}`),
    ...netns.map((name) => `network namespace ${name}`),
    ...link.map((name) => `network link ${name}`),
    ...(await listGroups(prefix)).map((group) => `control group ${group}`),
    ...(await listMounts(folder)).map((mount) => `mount ${mount}`),
    ...(await readdir(folder).catch(() => [])).map((name) => `file ${folder}/${name}`),
  ];
}

async function listNetns(prefix: string): Promise<string[]> {
  const names = await readdir('/run/netns').catch(() => []);
  return names.filter((name) => name.startsWith(`${prefix}-`));
}

/** Mount points in the folder, innermost first. */
async function listMounts(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const points = lines.map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}
