/** Finds a container's processes on the host: its control group is named by its ID. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ApiClient } from './api-client.ts';
import { listGroups, listProcesses } from './control-groups.ts';
import { innermostPid } from './processes.ts';

/** A container by the names that a person knows. */
export interface ContainerName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

interface Pod {
  readonly status: {
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
}

/** A container that does not run now. */
export class ContainerMissingError extends Error {
  readonly code = 'CUP_CONTAINER_MISSING';
  constructor({ namespace, pod, container }: ContainerName, found: string) {
    super(`container ${container} of pod ${namespace}/${pod} does not run; the pod has ${found}`);
  }
}

/** Host process ids of a running container, its first process first. */
export async function findContainerProcesses(
  api: ApiClient,
  prefix: string,
  name: ContainerName,
): Promise<number[]> {
  const pod = await api.get<Pod>(`/api/v1/namespaces/${name.namespace}/pods/${name.pod}`);
  const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
  const id = statuses.find((status) => status.name === name.container)?.containerID?.replace(/^.*\/\//, '');
  const groups = (await listGroups(prefix)).filter((group) => basename(group) === id);
  const pids = [...(await listProcesses(groups))];
  if (id === undefined || pids.length === 0) {
    throw new ContainerMissingError(name, statuses.map((status) => status.name).join(', ') || 'no container');
  }
  const inner = new Map<number, number>();
  for (const pid of pids) inner.set(pid, (await innermostPid(pid)) ?? Number.POSITIVE_INFINITY);
  return pids.sort((a, b) => (inner.get(a) ?? 0) - (inner.get(b) ?? 0));
}

/** The argument list of a process, joined by blanks; empty when it is gone. */
export async function commandLine(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.replaceAll('\0', ' ').trim();
}
