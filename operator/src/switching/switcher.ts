/**
 * Watches every shard and moves its active Service when `failover/` says so. Runs on both replicas from warm caches:
 * what cannot wait is done by the leader at once, and by the other replica a moment later if nobody has; the rest is
 * the leader's.
 *
 *     caches, feed, probes, time --> evidence --> decide (pure) --> one patch of the Service
 */
import type { Logger } from 'pino';
import { SWITCH_REASONS, type SwitchReason } from '../api/failover.ts';
import { ANNOTATIONS, type Side } from '../api/labels.ts';
import { parseSwitchRecord, type SwitchRecord } from '../api/switch-record.ts';
import { type Decision, decide } from '../failover/decide.ts';
import type { ProbeResult, ShardEvidence, ShardMemory } from '../failover/evidence.ts';
import { explainHold } from '../failover/explain.ts';
import type { PathStates } from '../feed/path-states.ts';
import type { Plays } from '../feed/plays.ts';
import type { SideWord } from '../feed/sides.ts';
import { ApiError, ApiUnreachableError } from '../kube/api-error.ts';
import type { CacheChange, Caches, ServiceObject } from '../kube/caches.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import type { KubeObject } from '../kube/object.ts';
import type { StoreChange } from '../kube/store.ts';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import { Attention } from '../probes/attention.ts';
import { probePod } from '../probes/probe-pod.ts';
import type { TierKind } from '../topology/names.ts';
import {
  activeSideOf,
  findRequest,
  findTier,
  observeEvidence,
  readFailover,
  type TierObject,
} from './observe-evidence.ts';
import { OncePaths } from './once-paths.ts';
import { readShardRef, type ShardRef } from './shard-ref.ts';
import { WorkloadPods } from './workload-pods.ts';
import { readService, writeHonoured, writeSwitch } from './write-switch.ts';

export interface SwitcherOptions {
  caches: Caches;
  states: PathStates;
  plays: Pick<Plays, 'listUnplayed'>;
  client: KubeClient;
  /** Whether a workload's side is in charge, or what becomes of its viewers, may be otherwise than before. */
  onSides: (workloads: readonly string[]) => void;
  /** Takes the answer to a write into the caches. */
  offer: (object: KubeObject) => void;
  isLeader: () => boolean;
  /** The pod of this replica. */
  instance: string;
  /** Called with each turn. */
  onTurn: () => void;
  clock: Clock;
  logger: Logger;
  metrics: OperatorMetrics;
}

/**
 * How long the replica that does not lead leaves an urgent switch to the one that does: as long as its write takes, to
 * spare the API server the second one, which it would refuse. Longer would cost a second more: the dead side's pod
 * becomes unready after some 100 ms, and kube-proxy, which follows that, takes its next look a second later.
 */
const STANDBY_GRACE_MS = 50;
const RETRY_MS = 200;
/** An answer that comes later may be to a packet that was sent again: TCP waits for 200 ms before it does. */
const HEARING_MS = 200;

/** What is concluded from silence, which may be this replica's own: it may be the one that is cut off. */
const BY_SILENCE: ReadonlySet<SwitchReason> = new Set([SWITCH_REASONS.unreachable, SWITCH_REASONS.agentDown]);

interface Shard {
  ref: ShardRef;
  memory: ShardMemory;
  wakeMs: number;
  /** The side that has the new version of the pod, while the active one waits for it. */
  upgraded?: Side;
  /** Whether this replica leaves an urgent switch to the leader, or did and it was not done; undefined where none is due. */
  isLeadersTurn?: boolean;
  isWriting: boolean;
  /** When the switch that its Service tells of was first seen here, wall clock; undefined for one from before. */
  seen?: { at: string; wallMs: number };
}

export class Switcher {
  readonly #options: SwitcherOptions;
  readonly #attention: Attention;
  readonly #shards = new Map<string, Shard>();
  /** The shard of each workload. */
  readonly #byWorkload = new Map<string, string>();
  readonly #pods = new WorkloadPods();
  readonly #oncePaths: OncePaths;
  readonly #probes = new Map<string, ProbeResult>();
  readonly #probing = new Set<string>();
  readonly #dirty = new Set<string>();
  #isClosed = false;

  constructor(options: SwitcherOptions) {
    this.#options = options;
    this.#oncePaths = new OncePaths(options.caches.Site);
    this.#attention = new Attention(options.clock, (nowMs) => this.#turn(nowMs));
    options.states.onChange((workload) => this.#touch(this.#byWorkload.get(workload)));
  }

  /** From complete caches. */
  start(): void {
    for (const pod of this.#options.caches.Pod.list()) {
      this.#pods.take({ type: 'added', key: { namespace: '', name: '' }, object: pod });
    }
    for (const service of this.#options.caches.Service.list()) this.#takeService(service, undefined);
    this.#attention.start();
  }

  close(): void {
    this.#isClosed = true;
    this.#attention.close();
  }

  takeChange({ kind, change }: CacheChange): void {
    switch (kind) {
      case 'Service':
        if (change.type === 'deleted') this.#forgetService(change.previous);
        else this.#takeService(change.object, change.type === 'modified' ? change.previous : undefined);
        return;
      case 'Pod': {
        const workload = this.#pods.take(change);
        if (change.type === 'deleted') this.#probes.delete(change.previous.metadata.uid ?? '');
        if (workload !== undefined) this.#touch(this.#byWorkload.get(workload));
        return;
      }
      case 'Site':
        this.#oncePaths.forget();
        return;
      case 'CameraFactory':
      case 'MasterRelay':
        this.#takeTier(kind, change);
        return;
      case 'Node':
        // Rare, and of concern to many: all are looked at with the next turn.
        for (const shard of this.#shards.values()) shard.wakeMs = 0;
    }
  }

  /** The side that has the new version of its pod while the active one waits for it; undefined when none does. */
  noteUpgraded(service: string, side: Side | undefined): void {
    const shard = this.#shards.get(service);
    if (shard === undefined || shard.upgraded === side) return;
    if (side === undefined) delete shard.upgraded;
    else shard.upgraded = side;
    this.#touch(service);
  }

  /** How long the switch decided at that time took until it was seen here, ms; undefined for one from before. */
  switchMsOf(service: string, at: string): number | undefined {
    const seen = this.#shards.get(service)?.seen;
    return seen?.at === at ? Math.max(0, seen.wallMs - Date.parse(at)) : undefined;
  }

  /** Why a shard is not moved to its other side now, though that is wanted. */
  explainHold(service: string): string | undefined {
    const shard = this.#shards.get(service);
    const evidence = shard === undefined ? undefined : this.#observe(shard);
    return evidence === undefined ? undefined : explainHold(evidence, this.#options.clock.nowMs());
  }

  /** What the agent of a workload is told of its side; undefined where it is of no shard that is known. */
  sideOf(workload: string): SideWord | undefined {
    const shard = this.#shards.get(this.#byWorkload.get(workload) ?? '');
    const service = shard === undefined ? undefined : this.#findService(shard.ref);
    if (shard === undefined || service === undefined) return undefined;
    const { readers } = readFailover(findTier(shard.ref, this.#options.caches));
    return { active: shard.ref.workloads[activeSideOf(service)] === workload, readers };
  }

  #takeService(service: ServiceObject, previous: ServiceObject | undefined): void {
    const ref = readShardRef(service);
    if (ref === undefined) return;
    const shard = this.#shards.get(ref.key) ?? { ref, memory: {}, wakeMs: 0, isWriting: false };
    shard.ref = ref;
    this.#shards.set(ref.key, shard);
    for (const workload of Object.values(ref.workloads)) this.#byWorkload.set(workload, ref.key);
    if (previous !== undefined && activeSideOf(previous) !== activeSideOf(service)) {
      const record = parseSwitchRecord(service.metadata.annotations?.[ANNOTATIONS.lastSwitch]);
      if (record !== undefined) shard.seen = { at: record.at, wallMs: this.#options.clock.wallMs() };
      shard.memory = {};
    }
    const isOther = previous === undefined || activeSideOf(previous) !== activeSideOf(service);
    if (isOther) this.#options.onSides(Object.values(ref.workloads));
    this.#touch(ref.key);
  }

  #takeTier(kind: TierKind, change: StoreChange<TierObject>): void {
    const { namespace, name } = change.key;
    const wasToMove = change.type === 'modified' && readFailover(change.previous).readers;
    const isToMove = change.type !== 'deleted' && readFailover(change.object).readers;
    for (const { ref } of this.#shards.values()) {
      if (ref.kind !== kind || ref.namespace !== namespace || ref.tier !== name) continue;
      if (wasToMove !== isToMove) this.#options.onSides(Object.values(ref.workloads));
      this.#touch(ref.key);
    }
  }

  #forgetService(service: ServiceObject): void {
    const ref = readShardRef(service);
    if (ref === undefined) return;
    this.#shards.delete(ref.key);
    for (const workload of Object.values(ref.workloads)) this.#byWorkload.delete(workload);
  }

  /** Many changes of one moment are looked at once. */
  #touch(key: string | undefined): void {
    if (key === undefined || this.#isClosed) return;
    if (this.#dirty.size === 0) setImmediate(() => this.#lookAtDirty());
    this.#dirty.add(key);
  }

  #lookAtDirty(): void {
    const keys = [...this.#dirty];
    this.#dirty.clear();
    for (const key of keys) {
      const shard = this.#shards.get(key);
      if (shard !== undefined) this.#look(shard);
    }
  }

  #turn(nowMs: number): void {
    this.#options.onTurn();
    for (const shard of this.#shards.values()) if (shard.wakeMs <= nowMs) this.#look(shard);
  }

  #look(shard: Shard): void {
    const evidence = this.#observe(shard);
    if (evidence === undefined || this.#isClosed) return;
    const decision = decide(evidence, shard.memory, this.#options.clock.nowMs());
    shard.memory = decision.memory;
    shard.wakeMs = decision.wakeMs;
    for (const side of decision.probe) void this.#probe(shard, side);
    if (decision.switch === undefined) delete shard.isLeadersTurn;
    else this.#consider(shard, decision.switch);
    if (evidence.requested === evidence.activeSide) void this.#honour(shard);
  }

  #observe({ ref, upgraded }: Shard): ShardEvidence | undefined {
    const service = this.#findService(ref);
    if (service === undefined) return undefined;
    const { caches, states, plays } = this.#options;
    return observeEvidence(ref, service, upgraded, {
      caches,
      states,
      pods: this.#pods,
      oncePaths: this.#oncePaths,
      plays,
      probes: this.#probes,
      attentiveSinceMs: this.#attention.sinceMs,
    });
  }

  async #probe({ ref }: Shard, side: Side): Promise<void> {
    const pod = this.#pods.find(ref.workloads[side]);
    const { uid = '' } = pod?.metadata ?? {};
    const address = pod?.status.podIP;
    if (address === undefined || this.#probing.has(uid)) return;
    this.#probing.add(uid);
    const result = await probePod(address, () => this.#options.clock.nowMs());
    this.#probing.delete(uid);
    // A pod that went meanwhile is not heard of again: nothing would take its result away.
    if (this.#pods.find(ref.workloads[side])?.metadata.uid === uid) this.#probes.set(uid, result);
    this.#touch(ref.key);
  }

  #consider(shard: Shard, wanted: NonNullable<Decision['switch']>): void {
    if (shard.isWriting) return;
    if (!this.#options.isLeader()) {
      if (!wanted.isUrgent) return;
      if (shard.isLeadersTurn === undefined) this.#leaveToLeader(shard);
      if (shard.isLeadersTurn) return;
    }
    void this.#switch(shard, wanted);
  }

  #leaveToLeader(shard: Shard): void {
    shard.isLeadersTurn = true;
    this.#options.clock.after(STANDBY_GRACE_MS, () => {
      if (shard.isLeadersTurn === undefined) return;
      shard.isLeadersTurn = false;
      this.#touch(shard.ref.key);
    });
  }

  async #switch(shard: Shard, { to, reason, detectMs }: NonNullable<Decision['switch']>): Promise<void> {
    const { client, clock, instance, logger, metrics } = this.#options;
    const { ref } = shard;
    const service = this.#findService(ref);
    if (service === undefined) return;
    const from = activeSideOf(service);
    const at = new Date(clock.wallMs()).toISOString();
    const record: SwitchRecord = { from, to, reason, at, detectMs: Math.round(detectMs), by: instance };
    const request = this.#findRequest(ref, service);
    const begunMs = clock.nowMs();
    const isDone = await this.#write(shard, service, async () => {
      if (BY_SILENCE.has(reason)) await readService(client, service, HEARING_MS);
      return writeSwitch(client, service, record, request?.side === to ? request.token : undefined);
    });
    if (!isDone) return;
    const labels = { kind: ref.kind, reason };
    const switchMs = clock.nowMs() - begunMs;
    metrics.switches.inc(labels);
    metrics.switchDetect.observe(labels, detectMs / 1000);
    metrics.switchDuration.observe(labels, switchMs / 1000);
    logger.warn(
      { service: ref.key, ...record, switchMs: Math.round(switchMs) },
      'switched to the other side',
    );
  }

  /** What is asked for is so already: that request is done with. */
  async #honour(shard: Shard): Promise<void> {
    const service = this.#findService(shard.ref);
    const request = service === undefined ? undefined : this.#findRequest(shard.ref, service);
    if (service === undefined || request === undefined || shard.isWriting || !this.#options.isLeader())
      return;
    await this.#write(shard, service, () => writeHonoured(this.#options.client, service, request.token));
  }

  /** Whether it was written. What another has written meanwhile is read, and looked at anew. */
  async #write(shard: Shard, service: ServiceObject, write: () => Promise<ServiceObject>): Promise<boolean> {
    const { client, clock, logger, offer } = this.#options;
    shard.isWriting = true;
    try {
      offer(await write());
      this.#touch(shard.ref.key);
      return true;
    } catch (error) {
      const isConflict = error instanceof ApiError && error.isConflict;
      if (error instanceof ApiUnreachableError) this.#attention.beginAnew();
      if (!isConflict) logger.warn({ service: shard.ref.key, err: error }, 'not switched; tried again');
      if (isConflict) await readService(client, service).then(offer, () => undefined);
      shard.wakeMs = clock.nowMs() + (isConflict ? 0 : RETRY_MS);
      return false;
    } finally {
      shard.isWriting = false;
      delete shard.isLeadersTurn;
    }
  }

  #findRequest(ref: ShardRef, service: ServiceObject): { side: Side; token: string } | undefined {
    const tier = findTier(ref, this.#options.caches);
    return findRequest(tier?.metadata.annotations?.[ANNOTATIONS.switchTo], service, ref.shard);
  }

  #findService({ namespace, service }: ShardRef): ServiceObject | undefined {
    return this.#options.caches.Service.get(namespace, service);
  }
}
