/** What is live of a pool's workers, read from the caches. */
import { LABELS, TIER_NAMES } from '../api/labels.ts';
import type { WorkloadState } from '../feed/path-states.ts';
import type { DeploymentObject, PodObject } from '../kube/caches.ts';
import { isPodReady } from '../kube/pod-ready.ts';
import { qualify, readWorkerIndex, tierPrefix } from '../topology/names.ts';
import type { ObservedWorker } from '../topology/observed-worker.ts';
import type { PlanRecord } from '../topology/plan-record.ts';
import type { Pool } from '../topology/tiers.ts';
import type { Absences } from './absences.ts';
import type { ReconcileContext } from './context.ts';
import { findPlan, listPods, observeDeployment } from './observed-tiers.ts';

/** The label of a node's zone (kubernetes.io, well-known labels). */
export const ZONE = 'topology.kubernetes.io/zone';

export function observeWorkers(
  context: ReconcileContext,
  pool: Pool,
  absences: Absences,
  isOutdated: (index: number, live: DeploymentObject) => boolean,
): ObservedWorker[] {
  const { caches, states } = context;
  const { namespace, name } = pool;
  const prefix = tierPrefix('CompressorPool', name);
  return caches.Deployment.list(namespace).flatMap((deployment): ObservedWorker[] => {
    const { metadata } = deployment;
    const index = readWorkerIndex(prefix, metadata.name);
    if (index === undefined || !isWorker(deployment, name)) return [];
    const { isReady, isRollingOut } = observeDeployment(deployment);
    const workload = qualify(namespace, metadata.name);
    const heard = states.get(workload);
    const isThere = isReady || (heard?.connected === true && heard.mediamtxUp);
    const pods = listPods(caches, namespace, metadata.name);
    const pod = findStaying(pods);
    const node = pod?.spec.nodeName === undefined ? undefined : caches.Node.get('', pod.spec.nodeName);
    const zone = node?.metadata.labels?.[ZONE];
    const plan = findPlan(caches, namespace, metadata.name);
    return [
      {
        index,
        name: metadata.name,
        isReady,
        isRollingOut,
        isHeard: heard?.connected === true,
        isLost: absences.note(workload, isThere, context.nowMs()),
        isCordoned: node?.spec?.unschedulable === true || pods.some(isEnding),
        isOutdated: isOutdated(index, deployment),
        encoding: listEncoding(heard, plan, context.isSettled()),
        ...(pod?.spec.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
        ...(zone === undefined ? {} : { zone }),
        ...(plan === undefined ? {} : { plan }),
      },
    ];
  });
}

/** Who has not been heard yet may be encoding everything. */
function listEncoding(
  heard: WorkloadState | undefined,
  plan: PlanRecord | undefined,
  isSettled: boolean,
): ReadonlySet<string> {
  if (heard === undefined && !isSettled) return new Set(plan?.paths.keys());
  const states = [...(heard?.paths.values() ?? [])];
  return new Set(states.filter(({ encoder }) => encoder?.state === 'encoding').map(({ path }) => path));
}

function isWorker({ metadata }: DeploymentObject, pool: string): boolean {
  return (
    metadata.labels?.[LABELS.name] === TIER_NAMES.CompressorPool &&
    metadata.labels[LABELS.instance] === pool &&
    metadata.deletionTimestamp === undefined
  );
}

/**
 * It is shut down and still encodes, until nobody takes anything from it: its successor, of the same name, is given
 * nothing before. One on a node that is lost is not ready, and not waited for.
 */
function isEnding(pod: PodObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined && isPodReady(pod);
}

/** The one that is to stay, if there is one: ready before others. */
function findStaying(pods: readonly PodObject[]): PodObject | undefined {
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return staying.find(isPodReady) ?? pods.find(isPodReady) ?? staying[0] ?? pods[0];
}
