/**
 * Brings a cluster up, or back up: every step makes what is missing and leaves what is there, so it may be
 * repeated and may follow one that crashed.
 */
import { chmod, copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureAddons, findMissingDns, findMissingMetrics } from './addons.ts';
import { ApiClient } from './api-client.ts';
import { type ClusterPlan, candidateNetworks, isTaken, planCluster } from './cluster-plan.ts';
import { type ClusterRecord, readRecord, writeRecord } from './cluster-record.ts';
import { withFileLock } from './file-lock.ts';
import { cacheFolder, checkoutKey } from './folders.ts';
import { clusterImages } from './image-recipes.ts';
import { ensureArchives } from './images.ts';
import { type Machine, powerOn } from './machine.ts';
import { kubeconfigPath, machineFolder, machinesOf, pkiFolder } from './machines.ts';
import { ensureStation, ensureSwitch, isCut, listRoutes, setPort } from './network.ts';
import { importImages } from './node-images.ts';
import { ensurePki } from './pki.ts';
import { checkMachine } from './preflight.ts';
import { say } from './progress.ts';
import { buildTools } from './tools.ts';

const API_TIMEOUT_MS = 60_000;
const NODES_TIMEOUT_MS = 60_000;
const DNS_TIMEOUT_MS = 60_000;
const METRICS_TIMEOUT_MS = 60_000;

export interface ClusterOptions {
  /** All nodes, 3 where left out: the last of two or more is the edge node, the others carry media. */
  readonly nodeCount?: number;
  /** Longest pause before a container is restarted, as `1s`; Kubernetes' own where left out. For benches. */
  readonly maxRestartDelay?: string;
}

/** The running cluster was made with other settings than the ones asked for. */
export class ClusterMismatchError extends Error {
  readonly code = 'CUP_CLUSTER_MISMATCH';
  constructor(setting: string, running: unknown, wanted: unknown) {
    super(
      `the running cluster has ${setting} ${running}, wanted is ${wanted}: take it down first (make cluster-down)`,
    );
  }
}

/** @returns what the cluster is, once every node is Ready and answers for names, and what pods use is told */
export async function bringUp(
  checkout: string,
  folder: string,
  options: ClusterOptions,
): Promise<ClusterRecord> {
  const running = await readRecord(folder);
  if (running === null) await checkMachine(folder);
  const tools = await buildTools();
  const archives = await ensureArchives(clusterImages);
  const record = await decide(checkout, folder, running, options, tools);
  const plan = planCluster(checkout, record.network, record.nodeCount);
  await ensurePki(plan, pkiFolder(folder));
  await publishKubeconfig(folder);
  say(`starting ${plan.nodes.map(({ name }) => name).join(', ')} and the control plane`);
  await ensureStation(plan, plan.outside);
  const started = new Map<string, number>();
  await Promise.all(
    machinesOf(plan, folder, record).map(async (machine) => {
      const nowMs = Date.now();
      if (await startMachine(plan, machine)) started.set(machine.station.name, nowMs);
      if (machine.station !== plan.control) await importImages(machine.folder, archives);
    }),
  );
  await settle(plan, folder, tools, started);
  return record;
}

/** Power and network for a machine that has lost either; false where it had both. */
async function startMachine(plan: ClusterPlan, machine: Machine): Promise<boolean> {
  const wasOff = await powerOn(plan, machine);
  const wasCut = await isCut(plan, machine.station);
  if (wasCut) await setPort(plan, machine.station, 'up');
  return wasOff || wasCut;
}

/**
 * Waits for API server, nodes, DNS and metrics.
 * @param started when each node that was off or cut got started: what it reported before does not count
 */
async function settle(
  plan: ClusterPlan,
  folder: string,
  tools: string,
  started: ReadonlyMap<string, number>,
): Promise<void> {
  const api = await ApiClient.open(plan, pkiFolder(folder));
  try {
    await api.waitUntil('the API server is ready', API_TIMEOUT_MS, async () =>
      (await api.isReady()) ? null : `see ${machineFolder(folder, plan.control)}/log`,
    );
    say('the API server is ready');
    await ensureAddons(api, plan, folder, tools);
    await api.waitUntil(
      'every node is Ready',
      NODES_TIMEOUT_MS,
      async () => (await findUnreadyNodes(api, plan)) ?? (await findSilentNode(api, plan, started)),
    );
    say('every node is Ready');
    await api.waitUntil('every node answers for names', DNS_TIMEOUT_MS, () => findMissingDns(api, plan));
    say('every node answers for names');
    await api.waitUntil('metrics.k8s.io answers', METRICS_TIMEOUT_MS, () => findMissingMetrics(api));
    say('metrics.k8s.io answers');
  } finally {
    api.close();
  }
}

/** Takes a node network that nobody uses and writes the record, both at once for all checkouts. */
async function decide(
  checkout: string,
  folder: string,
  running: ClusterRecord | null,
  options: ClusterOptions,
  tools: string,
): Promise<ClusterRecord> {
  const wanted = {
    nodeCount: options.nodeCount ?? running?.nodeCount ?? 3,
    tools,
    maxRestartDelay: options.maxRestartDelay ?? running?.maxRestartDelay ?? null,
  };
  for (const [setting, value] of Object.entries(wanted)) {
    const current = running?.[setting as keyof typeof wanted];
    if (running !== null && current !== value) throw new ClusterMismatchError(setting, current, value);
  }
  if (running !== null) {
    await ensureSwitch(planCluster(checkout, running.network, running.nodeCount));
    return running;
  }
  return withFileLock(join(cacheFolder(), 'locks', 'network.lock'), 'choosing a network', async () => {
    const routes = await listRoutes();
    for (const network of candidateNetworks(checkoutKey(checkout))) {
      if (routes.some((route) => isTaken(network, route))) continue;
      const record = { checkout, network, ...wanted };
      await writeRecord(folder, record);
      // Gives the host a route to it: the next to look sees that it is taken.
      await ensureSwitch(planCluster(checkout, network, wanted.nodeCount));
      return record;
    }
    throw new Error('the machine has routes to every network from 10.200.0.0/24 to 10.239.255.0/24');
  });
}

async function publishKubeconfig(folder: string): Promise<void> {
  const path = kubeconfigPath(folder);
  await copyFile(join(pkiFolder(folder), 'admin.conf'), `${path}.new`);
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

async function findUnreadyNodes(api: ApiClient, plan: ClusterPlan): Promise<string | null> {
  const { items } = await api.get<NodeList>('/api/v1/nodes');
  const ready = items.filter(({ status }) =>
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  );
  const names = new Set(ready.map(({ metadata }) => metadata.name));
  const unready = plan.nodes.filter(({ name }) => !names.has(name));
  return unready.length === 0 ? null : `not Ready: ${unready.map(({ name }) => name).join(', ')}`;
}

/** A kubelet renews its Lease as soon as it has registered, and then every 10 s. */
async function findSilentNode(
  api: ApiClient,
  plan: ClusterPlan,
  started: ReadonlyMap<string, number>,
): Promise<string | null> {
  for (const { name } of plan.nodes) {
    const sinceMs = started.get(name);
    if (sinceMs === undefined) continue;
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;
    const { spec } = await api.get<{ spec: { renewTime: string } }>(path);
    if (Date.parse(spec.renewTime) < sinceMs) return `${name} has been silent since ${spec.renewTime}`;
  }
  return null;
}
