/**
 * The operator: a kopf-style class on @dot-i/k8s-operator, one handler a kind. The library's own watch is replaced
 * by our reflectors and queue (docs/decisions/0001-dot-i-k8s-operator.md says why); its other methods that write are
 * not used, as every write goes through the lease's guard. The file is long because the parts of the program are joined
 * here and nowhere else; none of it decides anything.
 *
 *     reflectors --changes--> routes --targets--> queue (leader only) --> handlers --> applier
 *          |                                        ^
 *          +--plan Secrets--> feed --path states----+
 *          |                    |
 *          +--------------------+--> switcher (both replicas) --> active Services
 */
import { randomUUID } from 'node:crypto';
import operatorModule, { type ResourceEvent, ResourceEventType, ResourceMetaImpl } from '@dot-i/k8s-operator';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { FEED_TLS_SECRET, FeedCertificate } from './feed/certificate.ts';
import { Feed } from './feed/feed.ts';
import type { PathStates } from './feed/path-states.ts';
import { type HealthReport, HealthServer } from './http/health-server.ts';
import { Heartbeats } from './http/heartbeats.ts';
import { ApiApplier, type ApplyDiff, readLive } from './kube/apply.ts';
import { CacheSet } from './kube/cache-set.ts';
import type { CacheChange } from './kube/caches.ts';
import { KubeClient } from './kube/client.ts';
import { backoffMs, type Clock, sleep } from './kube/clock.ts';
import { ApiEventRecorder } from './kube/events.ts';
import {
  RECONCILED_KINDS,
  type ReconciledKind,
  type Reconciliation,
  type ReconciliationTools,
  type Target,
} from './kube/handlers.ts';
import { LEASE_TIMES, Lease } from './kube/lease.ts';
import type { LeaseObject } from './kube/lease-record.ts';
import { type KubeObject, keyOf, type ObjectKey } from './kube/object.ts';
import { isOnlyStatus } from './kube/only-status.ts';
import { KeyedQueue } from './kube/queue.ts';
import { Reflector } from './kube/reflector.ts';
import { apiVersionOf, RESOURCES } from './kube/resource.ts';
import type { OperatorMetrics } from './metrics/operator-metrics.ts';
import { showPools } from './metrics/pool-gauges.ts';
import type { Switching } from './reconcile/context.ts';
import { Switcher } from './switching/switcher.ts';
import { findWorkerSide } from './switching/worker-side.ts';

export interface CupolaOperatorOptions {
  /** The namespace of the operator itself. */
  namespace: string;
  podName: string;
  /** 0 for any free ones. */
  ports: { feed: number; http: number };
  /** What both listen on; every address where left out. */
  host?: string;
  /** Every name by which agents reach the feed. */
  feedHosts: readonly string[];
  diff: ApplyDiff;
  makeReconciliation: (tools: ReconciliationTools<PathStates, Switching>) => Reconciliation;
  clock: Clock;
  logger: Logger;
  metrics: OperatorMetrics;
  /** Where it is not the one that the environment names. */
  kubeConfig?: KubeConfig;
}

type OnEvent = (event: ResourceEvent) => Promise<void>;

const QUEUE = { concurrency: 8, minIntervalMs: 100, backoff: { baseMs: 200, maxMs: 60_000 } };
const LEASE_NAME = 'cupola-operator';
const ROTATION_CHECK_MS = 60 * 60 * 1000;
const DRAIN_MS = 3_000;
/** An agent connects within a second or two of its operator's start; a lost node's pod comes back later. */
const SETTLING_MS = 15_000;
/** Longer than a watch lasts (ten minutes) and is silent (150 s). */
const REFLECTOR_SILENCE_MS = 15 * 60 * 1000;
const TIMER_SILENCE_MS = 30_000;

/** The library is CommonJS: Node imports its exports as the default, vitest (interopDefault) the class itself. */
const Operator = operatorModule.default ?? (operatorModule as unknown as (typeof operatorModule)['default']);

export class CupolaOperator extends Operator {
  readonly #options: CupolaOperatorOptions;
  readonly #client: KubeClient;
  readonly #cacheSet: CacheSet;
  readonly #leaseWatch: Reflector<LeaseObject & KubeObject>;
  readonly #lease: Lease;
  readonly #queue: KeyedQueue<Target>;
  readonly #events: ApiEventRecorder;
  readonly #certificate: FeedCertificate;
  readonly #heartbeats: Heartbeats;
  readonly #health: HealthServer;
  /** By plural: what watchResource was given. */
  readonly #onEvents = new Map<string, OnEvent>();
  readonly #stop = new AbortController();
  #feed: Feed | undefined;
  #switcher: Switcher | undefined;
  #reconciliation: Reconciliation | undefined;
  #cancelRotation: (() => void) | undefined;
  #isSettled = false;
  #cancelSettling: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: CupolaOperatorOptions) {
    super({
      debug: (message) => options.logger.debug(message),
      info: (message) => options.logger.info(message),
      warn: (message) => options.logger.warn(message),
      error: (message) => options.logger.error(message),
    });
    if (options.kubeConfig !== undefined) this.kubeConfig = options.kubeConfig;
    this.#options = options;
    const { clock, logger, metrics, namespace } = options;
    const client = new KubeClient(this.kubeConfig);
    this.#client = client;
    this.#heartbeats = new Heartbeats(clock, metrics);
    const beats = new Map<string, () => void>();
    const onTurn = (name: string) => {
      if (!beats.has(name)) beats.set(name, this.#heartbeats.register(`watch ${name}`, REFLECTOR_SILENCE_MS));
      beats.get(name)?.();
    };
    const shared = { client, clock, logger, metrics, random: Math.random, onTurn };
    this.#cacheSet = new CacheSet(shared);
    this.#lease = this.#makeLease();
    this.#leaseWatch = new Reflector({
      ...shared,
      resource: RESOURCES.Lease,
      namespace,
      selectors: { fields: { 'metadata.name': LEASE_NAME } },
    });
    this.#queue = this.#makeQueue();
    this.#events = new ApiEventRecorder({ ...shared, guard: this.#lease, instance: options.podName });
    this.#certificate = new FeedCertificate({ ...shared, namespace, hosts: options.feedHosts });
    this.#health = new HealthServer({
      ...pickHost(options),
      port: options.ports.http,
      live: () => this.#reportLive(),
      ready: () => this.#reportReady(),
      metrics: () => this.#readMetrics(),
    });
  }

  /** The ports in use, 0 before they are listened on. */
  get ports(): { feed: number; http: number } {
    return { feed: this.#feed?.port ?? 0, http: this.#health.port };
  }

  get isLeader(): boolean {
    return this.#lease.isLeader();
  }

  /** Resolves when nothing is due or being reconciled. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  override stop(): void {
    void this.close();
  }

  /** Lets what runs end, gives the lease to the other replica, and closes everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  protected override async init(): Promise<void> {
    await this.#health.start();
    this.#cacheSet.onChange((change) => this.#takeChange(change));
    this.#cacheSet.start();
    await Promise.race([this.#cacheSet.waitSynced(), aborted(this.#stop.signal)]);
    await this.#prepareCertificate();
    if (this.#stop.signal.aborted) return;
    const feed = this.#makeFeed();
    this.#feed = feed;
    const switcher = this.#makeSwitcher(feed);
    this.#switcher = switcher;
    switcher.start();
    await feed.start();
    this.#cancelSettling = this.#options.clock.after(SETTLING_MS, () => {
      this.#isSettled = true;
      this.#enqueueAll();
    });
    this.#reconciliation = this.#makeReconciliation(feed, switcher);
    const { handlers } = this.#reconciliation;
    await this.#reconcileKind('Site', handlers.Site);
    await this.#reconcileKind('CameraFactory', handlers.CameraFactory);
    await this.#reconcileKind('CompressorPool', handlers.CompressorPool);
    await this.#reconcileKind('MasterRelay', handlers.MasterRelay);
    this.#leaseWatch.onChange((change) =>
      this.#lease.observe(change.type === 'deleted' ? undefined : change.object),
    );
    this.#leaseWatch.start();
    await Promise.race([this.#leaseWatch.synced, aborted(this.#stop.signal)]);
    if (!this.#stop.signal.aborted) this.#lease.start();
  }

  /**
   * The library's watch, replaced: events come from the kind's reflector, through the queue. `onEvent` is called
   * with the newest state, by the leader alone, for one object at a time; what it throws is tried again.
   */
  protected override async watchResource(
    _group: string,
    _version: string,
    plural: string,
    onEvent: OnEvent,
  ): Promise<void> {
    this.#onEvents.set(plural, onEvent);
  }

  async #reconcileKind(
    kind: ReconciledKind,
    handler: Reconciliation['handlers'][ReconciledKind],
  ): Promise<void> {
    const { group, version, plural } = RESOURCES[kind];
    await this.watchResource(group, version, plural, async ({ meta }) => {
      const key: ObjectKey = { namespace: meta.namespace ?? '', name: meta.name };
      const outcome = await handler(key);
      if (outcome?.requeueAfterMs !== undefined) this.#queue.add({ kind, ...key }, outcome.requeueAfterMs);
    });
  }

  #makeLease(): Lease {
    const { clock, logger, metrics, namespace, podName } = this.#options;
    return new Lease({
      ...LEASE_TIMES,
      client: this.#client,
      namespace,
      name: LEASE_NAME,
      identity: `${podName}_${randomUUID()}`,
      clock,
      logger,
      metrics,
      onLeader: () => this.#lead(),
      onStandby: () => void this.#queue.pause(),
      onTurn: this.#heartbeats.register('lease', TIMER_SILENCE_MS),
    });
  }

  #makeQueue(): KeyedQueue<Target> {
    const { clock, metrics, logger } = this.#options;
    return new KeyedQueue<Target>({
      ...QUEUE,
      clock,
      random: Math.random,
      idOf: ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`,
      process: async (target) => {
        await this.#onEvents.get(RESOURCES[target.kind].plural)?.(this.#eventOf(target));
        return undefined;
      },
      onRun: ({ kind }, { waitMs, runMs }) => {
        metrics.reconcileWait.observe({ kind }, waitMs / 1000);
        metrics.reconcileDuration.observe({ kind }, runMs / 1000);
      },
      onError: ({ kind, namespace, name }, error, attempt) => {
        metrics.queueRetries.inc({ kind });
        logger.warn({ kind, namespace, name, attempt, err: error }, 'reconciliation failed');
      },
    });
  }

  #makeFeed(): Feed {
    const { clock, logger, metrics, ports } = this.#options;
    const feed = new Feed({
      ...pickHost(this.#options),
      port: ports.feed,
      tls: this.#certificate.server,
      client: this.#client,
      caches: this.#cacheSet.caches,
      sideOf: (workload) =>
        this.#switcher?.sideOf(workload) ?? findWorkerSide(workload, this.#cacheSet.caches),
      onSweep: this.#heartbeats.register('feed', TIMER_SILENCE_MS),
      clock,
      logger,
      metrics,
    });
    feed.states.onChange((workload, paths) => {
      this.#enqueue(this.#reconciliation?.routeStates(workload, paths) ?? []);
    });
    this.#certificate.onChange(() => {
      feed.replaceCertificate(this.#certificate.server);
      this.#enqueueAll();
    });
    return feed;
  }

  #makeSwitcher(feed: Feed): Switcher {
    const { clock, logger, metrics, podName } = this.#options;
    return new Switcher({
      caches: this.#cacheSet.caches,
      states: feed.states,
      plays: feed.plays,
      client: this.#client,
      offer: (object) => this.#cacheSet.offer(object),
      onSides: (workloads) => {
        for (const workload of workloads) feed.announceSide(workload);
      },
      isLeader: () => this.#lease.isLeader(),
      instance: podName,
      onTurn: this.#heartbeats.register('switching', TIMER_SILENCE_MS),
      clock,
      logger,
      metrics,
    });
  }

  #makeReconciliation(feed: Feed, switching: Switcher): Reconciliation {
    const { metrics, diff } = this.#options;
    const { caches } = this.#cacheSet;
    return this.#options.makeReconciliation({
      caches,
      applier: new ApiApplier({
        client: this.#client,
        guard: this.#lease,
        diff,
        metrics,
        offer: (object) => this.#cacheSet.offer(object),
      }),
      events: this.#events,
      states: feed.states,
      switching,
      readLive: (object) => readLive(this.#client, object),
      feedCa: () => this.#certificate.caBundle,
      isSettled: () => this.#isSettled,
    });
  }

  /** The feed's certificate, by whichever replica comes first: creating needs no lease, replacing does. */
  async #prepareCertificate(): Promise<void> {
    const { namespace, clock, logger } = this.#options;
    const { Secret } = this.#cacheSet.caches;
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      try {
        await this.#certificate.ensure(Secret.get(namespace, FEED_TLS_SECRET));
        return;
      } catch (error) {
        logger.error({ err: error, attempt }, 'the feed certificate is not ready');
        await sleep(clock, backoffMs(attempt, QUEUE.backoff, Math.random), this.#stop.signal);
      }
    }
  }

  #takeChange(change: CacheChange): void {
    if (change.kind === 'Secret') this.#takeSecret(change);
    this.#switcher?.takeChange(change);
    if (!this.#lease.isLeader() || this.#reconciliation === undefined) return;
    if (isReconciled(change.kind) && !isOnlyStatus(change.change)) {
      this.#enqueue([{ kind: change.kind, ...change.change.key }]);
    }
    this.#enqueue(this.#reconciliation.routeChange(change));
  }

  #takeSecret({ change }: Extract<CacheChange, { kind: 'Secret' }>): void {
    this.#feed?.takeSecret(change);
    if (change.type === 'deleted' || change.key.namespace !== this.#options.namespace) return;
    if (change.key.name === FEED_TLS_SECRET) this.#certificate.take(change.object);
  }

  #lead(): void {
    this.#queue.open();
    this.#enqueueAll();
    void this.#rotate();
  }

  #enqueue(targets: readonly Target[]): void {
    for (const target of targets) this.#queue.add(target);
  }

  #enqueueAll(): void {
    for (const kind of RECONCILED_KINDS) {
      for (const object of this.#cacheSet.caches[kind].list()) this.#queue.add({ kind, ...keyOf(object) });
    }
  }

  async #rotate(): Promise<void> {
    const { clock, logger } = this.#options;
    this.#cancelRotation?.();
    try {
      await this.#certificate.rotate(this.#lease);
    } catch (error) {
      logger.warn({ err: error }, 'feed certificate not replaced');
    }
    if (!this.#lease.isLeader()) return;
    this.#cancelRotation = clock.after(ROTATION_CHECK_MS, () => void this.#rotate());
  }

  /** The newest state of a target in the library's shape. */
  #eventOf({ kind, namespace, name }: Target): ResourceEvent {
    const resource = RESOURCES[kind];
    const known = this.#cacheSet.caches[kind].get(namespace, name);
    const gone = {
      apiVersion: apiVersionOf(resource),
      kind,
      metadata: { namespace, name, resourceVersion: '0' },
    };
    const object = known ?? gone;
    return {
      meta: ResourceMetaImpl.createWithPlural(resource.plural, object as ResourceEvent['object']),
      type: known === undefined ? ResourceEventType.Deleted : ResourceEventType.Modified,
      object: object as ResourceEvent['object'],
    };
  }

  async #close(): Promise<void> {
    const { clock } = this.#options;
    this.#stop.abort();
    this.#switcher?.close();
    this.#cancelRotation?.();
    this.#cancelSettling?.();
    const drained = Promise.all([this.#queue.pause(), this.#events.close()]);
    await Promise.race([drained, sleep(clock, DRAIN_MS, new AbortController().signal)]);
    await this.#lease.close();
    await this.#feed?.close();
    await Promise.all([this.#cacheSet.close(), this.#leaseWatch.close()]);
    await this.#health.close();
    this.#client.close();
  }

  #reportLive(): HealthReport {
    const loops = this.#heartbeats.read();
    return { ok: Object.values(loops).every(({ alive }) => alive), detail: { loops } };
  }

  #reportReady(): HealthReport {
    const caches = this.#cacheSet.health;
    const expiresMs = this.#certificate.expiresMs;
    const isCertified = expiresMs !== undefined && expiresMs > this.#options.clock.wallMs();
    const isListening = this.#feed?.isListening ?? false;
    const isSynced = Object.values(caches).every(({ synced }) => synced);
    return {
      ok: isSynced && isListening && isCertified,
      detail: {
        caches,
        feed: { listening: isListening, agents: this.#feed?.agents ?? 0 },
        certificate: {
          valid: isCertified,
          ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }),
        },
        lease: { leader: this.#lease.isLeader(), holder: this.#lease.holder },
        queue: { depth: this.#queue.depth, running: this.#queue.running },
      },
    };
  }

  #readMetrics(): Promise<string> {
    const { metrics } = this.#options;
    metrics.queueDepth.set(this.#queue.depth);
    metrics.queueOldestAge.set(this.#queue.oldestAgeMs / 1000);
    showPools(metrics, this.#cacheSet.caches.CompressorPool.list());
    metrics.leaseHeld.set(this.#lease.isLeader() ? 1 : 0);
    return metrics.registry.metrics();
  }
}

function isReconciled(kind: string): kind is ReconciledKind {
  return (RECONCILED_KINDS as readonly string[]).includes(kind);
}

function pickHost(options: { host?: string }): { host?: string } {
  return options.host === undefined ? {} : { host: options.host };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
