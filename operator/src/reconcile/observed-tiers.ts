/** What is live of a tier's shards, read from the caches. */
import { ANNOTATIONS, LABELS, SIDES, type Side } from '../api/labels.ts';
import type { LastSwitch } from '../api/media-tier.ts';
import { parseSwitchRecord, type SwitchRecord } from '../api/switch-record.ts';
import type { Caches, DeploymentObject, PodObject, ServiceObject } from '../kube/caches.ts';
import { isPodReady } from '../kube/pod-ready.ts';
import { activeServiceName, planSecretName, qualify, workloadName } from '../topology/names.ts';
import type { ObservedService, ObservedShard, ObservedSide } from '../topology/observed-shard.ts';
import type { PlanRecord } from '../topology/plan-record.ts';
import { MAX_SHARDS } from '../topology/sticky-shards.ts';
import type { ReconcileContext } from './context.ts';
import { parsePlan } from './parse.ts';

/** A tier by what its objects are named after. */
export interface TierName {
  namespace: string;
  prefix: string;
}

export function observeShard(
  { caches, switching }: Pick<ReconcileContext, 'caches' | 'switching'>,
  { namespace, prefix }: TierName,
  shard: number,
): ObservedShard {
  const active = caches.Service.get(namespace, activeServiceName(prefix, shard));
  const serviceVersion = active?.metadata.resourceVersion;
  const record = parseSwitchRecord(active?.metadata.annotations?.[ANNOTATIONS.lastSwitch]);
  const observe = (side: Side) => observeSide(caches, namespace, workloadName(prefix, shard, side));
  return {
    activeSide: readSide(active?.spec?.selector?.[LABELS.side]),
    ...(active === undefined ? {} : { service: observeService(active) }),
    ...(serviceVersion === undefined ? {} : { serviceVersion }),
    ...(record === undefined ? {} : { lastSwitch: describeSwitch(record) }),
    sides: { primary: observe('primary'), backup: observe('backup') },
  };

  function describeSwitch({ by: _, ...known }: SwitchRecord): LastSwitch {
    const switchMs = switching.switchMsOf(qualify(namespace, activeServiceName(prefix, shard)), known.at);
    return switchMs === undefined ? known : { ...known, switchMs };
  }
}

/** The plans of each shard, up to the first number that nothing is there of. */
export function listPlans(caches: Caches, { namespace, prefix }: TierName): PlanRecord[][] {
  const shards: PlanRecord[][] = [];
  for (let shard = 0; shard < MAX_SHARDS; shard++) {
    const plans = SIDES.map((side) => findPlan(caches, namespace, workloadName(prefix, shard, side)));
    const known = plans.filter((plan) => plan !== undefined);
    const isEnd = known.length === 0 && !caches.Service.get(namespace, activeServiceName(prefix, shard));
    if (isEnd) break;
    shards.push(known);
  }
  return shards;
}

export function findPlan(caches: Caches, namespace: string, workload: string): PlanRecord | undefined {
  const secret = caches.Secret.get(namespace, planSecretName(workload));
  return secret === undefined ? undefined : parsePlan(secret);
}

function observeSide(caches: Caches, namespace: string, workload: string): ObservedSide {
  const service = caches.Service.get(namespace, workload);
  const deployment = caches.Deployment.get(namespace, workload);
  const plan = findPlan(caches, namespace, workload);
  const node = listPods(caches, namespace, workload).find(isPodReady)?.spec.nodeName;
  return {
    ...(service === undefined ? {} : { service: observeService(service) }),
    ...(deployment === undefined ? {} : { deployment: observeDeployment(deployment) }),
    ...(plan === undefined ? {} : { plan }),
    ...(node === undefined ? {} : { node }),
  };
}

function observeService({ spec, status }: ServiceObject): ObservedService {
  const nodePorts: Record<string, number> = {};
  for (const { name, nodePort } of spec?.ports ?? []) {
    if (name !== undefined && nodePort !== undefined) nodePorts[name] = nodePort;
  }
  const [first] = status?.loadBalancer?.ingress ?? [];
  const ingress = first?.hostname ?? first?.ip;
  return ingress === undefined ? { nodePorts } : { nodePorts, ingress };
}

/** What its status says, as of its newest spec. */
export function observeDeployment({
  metadata,
  spec,
  status,
}: DeploymentObject): NonNullable<ObservedSide['deployment']> {
  const [configure] = spec?.template.spec?.initContainers ?? [];
  const mediaPort = Number(configure?.env?.find(({ name }) => name === 'CUPOLA_WEBRTC_MEDIA_PORT')?.value);
  const isSeen = status?.observedGeneration === metadata.generation;
  const isUpToDate = (status?.updatedReplicas ?? 0) >= (status?.replicas ?? 0);
  return {
    ...(mediaPort > 0 ? { mediaPort } : {}),
    isReady: (status?.readyReplicas ?? 0) > 0,
    isRollingOut: !isSeen || !isUpToDate,
  };
}

/** The pods of a media workload. */
export function listPods(caches: Caches, namespace: string, workload: string): PodObject[] {
  return caches.Pod.list(namespace).filter(({ metadata }) => metadata.labels?.[LABELS.workload] === workload);
}

function readSide(value: string | undefined): Side {
  return value === 'backup' ? 'backup' : 'primary';
}
