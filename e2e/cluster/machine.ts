/**
 * A machine: a network namespace from the plan, and in it new PID, mount, UTS and IPC namespaces with a few
 * services. Killing its first process is a power cut: everything on it dies in one moment.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterPlan, Station } from './cluster-plan.ts';
import { ensureMachineGroups } from './control-groups.ts';
import { ensureStation, hasNetns, isPlugged, removeStation, setPort } from './network.ts';
import { endProcesses, findProcesses } from './processes.ts';

const initScript = fileURLToPath(new URL('./machine-init.sh', import.meta.url));

/** What runs on a machine: service name -> bash script, restarted whenever it ends. */
export type Services = Readonly<Record<string, string>>;

export interface Machine {
  readonly station: Station;
  /** Files of the machine: services, log, and what the services keep; survives a power cut. */
  readonly folder: string;
  readonly services: Services;
  /** Further files, by name in the folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** A service script of one program; values hold no white space. */
export function command(program: string, flags: Readonly<Record<string, string>>): string {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return `exec ${[program, ...args].join(' \\\n  ')}\n`;
}

/** Whether the machine runs, in its namespace as it is now. */
async function isOn(plan: ClusterPlan, station: Station): Promise<boolean> {
  if (!(await isPlugged(plan, station))) return false;
  return (await findProcesses({ netns: [station.netns] })).size > 0;
}

/**
 * Gives a machine power; one that lost its network for good starts anew.
 * @returns false when it had power all along
 */
export async function powerOn(plan: ClusterPlan, machine: Machine): Promise<boolean> {
  const { station, folder } = machine;
  if (await isOn(plan, station)) return false;
  await endProcesses({ group: groupOf(plan, station), netns: [station.netns] });
  await ensureStation(plan, station);
  await writeFiles(machine);
  const groups = await ensureMachineGroups(plan.prefix, station.name);
  const log = await open(join(folder, 'log', 'machine.log'), 'a');
  const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc'];
  // 0 in cgroup.procs is the writing process itself: everything started from here on is a member.
  const launch = `for f in ${groups.join(' ')}; do echo 0 >"$f"; done; exec "$@"`;
  const child = spawn(
    'bash',
    [
      '-ec',
      launch,
      'machine',
      'nsenter',
      `--net=/run/netns/${station.netns}`,
      'unshare',
      ...namespaces,
    ].concat(['bash', initScript, station.name, folder]),
    { detached: true, stdio: ['ignore', log.fd, log.fd], cwd: '/' },
  );
  await once(child, 'spawn');
  child.unref();
  await log.close();
  return true;
}

/** Cuts a machine's power: first its link, so that no dying process says goodbye, then everything at once. */
export async function powerOff(plan: ClusterPlan, station: Station): Promise<void> {
  if (!(await hasNetns(station.netns))) return;
  await setPort(plan, station, 'down');
  await endProcesses({ group: groupOf(plan, station), netns: [station.netns] });
  await removeStation(plan, station);
}

function groupOf(plan: ClusterPlan, station: Station): string {
  return `${plan.prefix}/${station.name}`;
}

async function writeFiles({ folder, services, files }: Machine): Promise<void> {
  await rm(join(folder, 'services'), { recursive: true, force: true });
  await mkdir(join(folder, 'services'), { recursive: true, mode: 0o700 });
  await mkdir(join(folder, 'log'), { recursive: true });
  await chmod(folder, 0o755);
  for (const [name, script] of Object.entries(services)) {
    await writeFile(join(folder, 'services', name), script);
  }
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}
