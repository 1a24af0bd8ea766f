/** Everything that is known of a shard, gathered from the caches, the feed and the probes. */
import { type Failover, failoverSchema } from '../api/failover.ts';
import { ANNOTATIONS, LABELS, type Side } from '../api/labels.ts';
import { parseSwitchRecord } from '../api/switch-record.ts';
import { parseMaintenance, parseSwitchTo } from '../failover/annotations.ts';
import { otherSide } from '../failover/decide.ts';
import type { AgentWord, ProbeResult, ShardEvidence, SideEvidence, Upgrade } from '../failover/evidence.ts';
import type { PathStates, WorkloadState } from '../feed/path-states.ts';
import type { Plays } from '../feed/plays.ts';
import type {
  Caches,
  CameraFactoryObject,
  MasterRelayObject,
  PodObject,
  ServiceObject,
} from '../kube/caches.ts';
import { isPodReady } from '../kube/pod-ready.ts';
import type { OncePaths } from './once-paths.ts';
import type { ShardRef } from './shard-ref.ts';
import type { WorkloadPods } from './workload-pods.ts';

export interface EvidenceSources {
  caches: Pick<Caches, 'Node' | 'CameraFactory' | 'MasterRelay'>;
  states: PathStates;
  pods: WorkloadPods;
  oncePaths: OncePaths;
  plays: Pick<Plays, 'listUnplayed'>;
  /** The newest result, by the pod's UID. */
  probes: ReadonlyMap<string, ProbeResult>;
  attentiveSinceMs: number;
}

export type TierObject = CameraFactoryObject | MasterRelayObject;

export function observeEvidence(
  ref: ShardRef,
  service: ServiceObject,
  upgraded: Side | undefined,
  sources: EvidenceSources,
): ShardEvidence {
  const tier = findTier(ref, sources.caches);
  const annotations = tier?.metadata.annotations ?? {};
  const maintenance = readMaintenance(annotations[ANNOTATIONS.maintenance], ref.shard);
  const observe = (side: Side) => observeSide(ref.workloads[side], maintenance.has(side), sources);
  const requested = findRequest(annotations[ANNOTATIONS.switchTo], service, ref.shard);
  const last = parseSwitchRecord(service.metadata.annotations?.[ANNOTATIONS.lastSwitch]);
  return {
    activeSide: activeSideOf(service),
    sides: { primary: observe('primary'), backup: observe('backup') },
    isUselessWithoutAgent: ref.kind === 'MasterRelay',
    failover: readFailover(tier),
    attentiveSinceMs: sources.attentiveSinceMs,
    ...(last === undefined ? {} : { lastReason: last.reason }),
    ...(requested === undefined ? {} : { requested: requested.side }),
    ...(upgraded === undefined ? {} : { upgrade: observeUpgrade(ref, upgraded, sources) }),
  };
}

function observeUpgrade({ workloads }: ShardRef, side: Side, { plays }: EvidenceSources): Upgrade {
  const waiting = otherSide(side);
  const unplayed = plays.listUnplayed(
    { workload: workloads[waiting], side: waiting },
    { workload: workloads[side], side },
  );
  return { side, unplayed };
}

export function activeSideOf({ spec }: ServiceObject): Side {
  return spec?.selector?.[LABELS.side] === 'backup' ? 'backup' : 'primary';
}

export function findTier(
  { kind, namespace, tier }: ShardRef,
  caches: Pick<Caches, 'CameraFactory' | 'MasterRelay'>,
): TierObject | undefined {
  return caches[kind].get(namespace, tier);
}

export function readFailover(tier: TierObject | undefined): Failover {
  const parsed = failoverSchema.safeParse(tier?.spec.failover ?? {});
  return parsed.success ? parsed.data : failoverSchema.parse({});
}

/** What a person asks for and has not been given: another token is another request. */
export function findRequest(
  text: string | undefined,
  service: ServiceObject,
  shard: number,
): { side: Side; token: string } | undefined {
  if (text === undefined || service.metadata.annotations?.[ANNOTATIONS.honoured] === text) return undefined;
  const parsed = parseSwitchTo(text, shard);
  return 'value' in parsed ? parsed.value : undefined;
}

function readMaintenance(text: string | undefined, shard: number): ReadonlySet<Side> {
  if (text === undefined) return new Set();
  const parsed = parseMaintenance(text, shard);
  return 'value' in parsed ? parsed.value : new Set();
}

function observeSide(workload: string, isInMaintenance: boolean, sources: EvidenceSources): SideEvidence {
  const pod = sources.pods.find(workload);
  const state = sources.states.get(workload);
  const probe = pod === undefined ? undefined : sources.probes.get(pod.metadata.uid ?? '');
  return {
    online: listOnline(state, sources.oncePaths),
    isInMaintenance,
    ...(pod === undefined ? {} : { pod: describePod(pod, sources.caches) }),
    ...(state === undefined ? {} : { agent: describeAgent(state) }),
    ...(probe === undefined ? {} : { probe }),
  };
}

function describePod(pod: PodObject, caches: Pick<Caches, 'Node'>): NonNullable<SideEvidence['pod']> {
  const node = caches.Node.get('', pod.spec.nodeName ?? '');
  return {
    isReady: isPodReady(pod),
    isLeaving: pod.metadata.deletionTimestamp !== undefined,
    isNodeCordoned: node?.spec?.unschedulable === true,
  };
}

function describeAgent({ connected, heardMs, wellMs, mediamtxUp }: WorkloadState): AgentWord {
  const word = { isConnected: connected, heardMs, isMediamtxUp: mediamtxUp };
  return wellMs === undefined ? word : { ...word, wellMs };
}

function listOnline(state: WorkloadState | undefined, oncePaths: OncePaths): ReadonlySet<string> {
  const online = new Set<string>();
  for (const [path, { online: isOnline }] of state?.paths ?? []) {
    if (isOnline && !oncePaths.has(path)) online.add(path);
  }
  return online;
}
