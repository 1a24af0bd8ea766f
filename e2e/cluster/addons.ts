/** What runs on the cluster for the cluster's own sake: names and figures. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { run } from './command.ts';
import { dnsAddon } from './dns-addon.ts';
import { kubeconfigPath, pkiFolder } from './machines.ts';
import { METRICS_API, METRICS_API_SERVICE, metricsAddon } from './metrics-addon.ts';

/**
 * Applies them, once in a cluster's life.
 * @param folder the cluster's state folder
 * @param tools folder of the built programs
 */
export async function ensureAddons(
  api: ApiClient,
  plan: ClusterPlan,
  folder: string,
  tools: string,
): Promise<void> {
  // The last to be applied.
  const apiService = `/apis/apiregistration.k8s.io/v1/apiservices/${METRICS_API_SERVICE}`;
  if (await api.get(apiService).catch(() => null)) return;
  const read = (name: string) => readFile(join(pkiFolder(folder), name), 'utf8');
  const tls = {
    authority: await read('ca.crt'),
    certificate: await read('metrics-server.crt'),
    key: await read('metrics-server.key'),
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [...dnsAddon, ...metricsAddon(plan, tls)] };
  const args = ['--kubeconfig', kubeconfigPath(folder), 'apply', '--server-side', '--filename', '-'];
  await run(join(tools, 'kubectl'), args, { input: JSON.stringify(list) });
}

/** What keeps some node from answering for names, or null. */
export async function findMissingDns(api: ApiClient, plan: ClusterPlan): Promise<string | null> {
  const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/coredns';
  const { status } = await api.get<{ status: { numberReady?: number } }>(path);
  const ready = status.numberReady ?? 0;
  return ready === plan.nodes.length ? null : `${ready} of ${plan.nodes.length} CoreDNS pods ready`;
}

/** What keeps the cluster from telling figures of pods, or null; asked through the API server, as the autoscaler does. */
export async function findMissingMetrics(api: ApiClient): Promise<string | null> {
  const { group, version } = METRICS_API;
  const { items } = await api.get<{ items: readonly object[] }>(`/apis/${group}/${version}/pods`);
  return items.length > 0 ? null : 'metrics-server knows of no pod yet';
}
