/**
 * Reconciliation on a real API server: its caches, queue, applier, and the agents' word as the test gives it; no
 * lease and no feed. No controllers and no kubelet: no pod ever runs, and nothing is collected with its owner.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PathState } from '@cupola/protocol';
import { pino } from 'pino';
import { LABELS, MANAGED_BY } from '../src/api/labels.ts';
import { needsApply, withAppliedHash } from '../src/diff/needs-apply.ts';
import { PathStateRegistry } from '../src/feed/path-state-registry.ts';
import { ApiError } from '../src/kube/api-error.ts';
import { ApiApplier, readLive } from '../src/kube/apply.ts';
import { CacheSet } from '../src/kube/cache-set.ts';
import type { CachedKind } from '../src/kube/caches.ts';
import { systemClock } from '../src/kube/clock.ts';
import { RECONCILED_KINDS, type Target } from '../src/kube/handlers.ts';
import { isOlder, type KubeObject, keyOf } from '../src/kube/object.ts';
import { isOnlyStatus } from '../src/kube/only-status.ts';
import { KeyedQueue } from '../src/kube/queue.ts';
import { type KnownKind, RESOURCES, resourceOf, resourcePath } from '../src/kube/resource.ts';
import { openGuard } from '../src/kube/write-guard.ts';
import { makeOperatorMetrics } from '../src/metrics/operator-metrics.ts';
import { createReconciliation } from '../src/reconcile/reconciliation.ts';
import type { ApiServer, AuditEntry } from './api-server.ts';
import { SETTLING_MS, until } from './budgets.ts';
import type { AnyObject } from './manifests.ts';
import { noSwitching } from './no-switching.ts';

export const OPERATOR_NAMESPACE = 'cupola-system';

/** Longer than a watch takes to tell of a write, and than the queue's pauses. */
const QUIET_MS = 400;

const WHOLE_KINDS = new Set(['Site', 'CameraFactory', 'CompressorPool', 'MasterRelay', 'Namespace']);

export class ReconcilingOperator {
  /** Reasons of the events so far, with the objects' names. */
  readonly events: string[] = [];
  readonly errors: unknown[] = [];
  /** How far the operator's clock is ahead. */
  aheadMs = 0;
  /** In force from the next start. */
  upgradesAtOnce = 10;
  /** Why no Service could be switched, by its name with its namespace. */
  readonly holds = new Map<string, string>();
  states = new PathStateRegistry(() => performance.now());
  readonly #server: ApiServer;
  #cacheSet: CacheSet | undefined;
  #queue: KeyedQueue<Target> | undefined;
  #activity = 0;

  constructor(server: ApiServer) {
    this.#server = server;
  }

  async start(): Promise<void> {
    const client = this.#server.client('operator');
    const metrics = makeOperatorMetrics({ withProcess: false });
    const logger = pino({ level: process.env.CUPOLA_LOG_LEVEL ?? 'silent' });
    const cacheSet = new CacheSet({ client, clock: systemClock, logger, metrics, random: Math.random });
    this.#cacheSet = cacheSet;
    this.states = new PathStateRegistry(() => performance.now());
    const nowMs = () => Date.now() + this.aheadMs;
    const startedMs = nowMs();
    const reconciliation = createReconciliation({
      caches: cacheSet.caches,
      applier: new ApiApplier({
        client,
        guard: openGuard,
        diff: { needsApply, withAppliedHash },
        metrics,
        offer: (object) => cacheSet.offer(object),
      }),
      events: { record: (about, { reason }) => this.events.push(`${reason} ${about.metadata.name}`) },
      states: this.states,
      switching: { ...noSwitching, explainHold: (service) => this.holds.get(service) },
      readLive: (object) => readLive(client, object),
      feedCa: () => "the feed's CA",
      settings: {
        namespace: OPERATOR_NAMESPACE,
        agentImage: 'agent:1',
        mediamtxImage: 'mediamtx:1',
        upgradesAtOnce: this.upgradesAtOnce,
      },
      isSettled: () => nowMs() - startedMs > SETTLING_MS,
      nowMs,
      randomBytes,
    });
    const queue = new KeyedQueue<Target>({
      clock: systemClock,
      random: Math.random,
      concurrency: 4,
      minIntervalMs: 20,
      backoff: { baseMs: 50, maxMs: 200 },
      idOf: ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`,
      process: ({ kind, ...key }) => reconciliation.handlers[kind](key),
      onRun: () => this.#activity++,
      onError: (_, error) => this.errors.push(error),
    });
    this.#queue = queue;
    const enqueue = (targets: Target[]) => {
      this.#activity++;
      for (const target of targets) queue.add(target);
    };
    cacheSet.onChange((change) => {
      const isOurs = RECONCILED_KINDS.find((kind) => kind === change.kind);
      if (isOurs && !isOnlyStatus(change.change)) enqueue([{ kind: isOurs, ...change.change.key }]);
      enqueue(reconciliation.routeChange(change));
    });
    this.states.onChange((workload, paths) => enqueue(reconciliation.routeStates(workload, paths)));
    cacheSet.start();
    await cacheSet.waitSynced();
    queue.open();
    for (const kind of RECONCILED_KINDS) {
      enqueue(cacheSet.caches[kind].list().map((object) => ({ kind, ...keyOf(object) })));
    }
  }

  async close(): Promise<void> {
    await this.#queue?.pause();
    await this.#cacheSet?.close();
    this.#queue = undefined;
  }

  /** As `kubectl apply --server-side` by a person. */
  async apply(object: AnyObject): Promise<AnyObject> {
    const written = await this.#server.client().request('PATCH', pathOf(object), {
      query: { fieldManager: 'person', force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
    return await this.#waitSeen(written);
  }

  async patch(
    kind: KnownKind,
    namespace: string,
    name: string,
    body: unknown,
    part = '',
  ): Promise<AnyObject> {
    const path = `${resourcePath(RESOURCES[kind], namespace, name)}${part}`;
    const written = await this.#server.client().request('PATCH', path, {
      query: { fieldManager: 'person' },
      contentType: 'application/merge-patch+json',
      body,
    });
    return await this.#waitSeen(written);
  }

  async delete(kind: KnownKind, namespace: string, name: string): Promise<void> {
    await this.#server.client().request('DELETE', resourcePath(RESOURCES[kind], namespace, name));
    const isGone = () => this.#findSeen(kind, namespace, name) === undefined;
    if (this.#queue !== undefined) await until(`${kind} ${name} is seen to be gone`, isGone);
  }

  /** A pod that has a node: the API server keeps it until a kubelet says that it is gone, and here is none. */
  async shutDown(namespace: string, pod: string): Promise<void> {
    await this.#server.client().request('DELETE', resourcePath(RESOURCES.Pod, namespace, pod));
    const isEnding = () => this.#findSeen('Pod', namespace, pod)?.metadata.deletionTimestamp !== undefined;
    await until(`Pod ${pod} is seen to be shut down`, isEnding);
  }

  async get(kind: KnownKind, namespace: string, name: string): Promise<AnyObject | undefined> {
    try {
      return await this.#server.client().request('GET', resourcePath(RESOURCES[kind], namespace, name));
    } catch (error) {
      if (error instanceof ApiError && error.isNotFound) return undefined;
      throw error;
    }
  }

  async list(kind: KnownKind, namespace: string): Promise<AnyObject[]> {
    const answer = await this.#server.client().request('GET', resourcePath(RESOURCES[kind], namespace));
    return (answer as { items: AnyObject[] }).items;
  }

  /** The plan in a workload's Secret. */
  async readPlan(namespace: string, workload: string): Promise<AnyObject | undefined> {
    const secret = await this.get('Secret', namespace, `${workload}-plan`);
    const text = secret && Buffer.from(secret.data['plan.json'], 'base64').toString();
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Waits until the caches have told of a write, where they hold such objects. */
  async #waitSeen(written: AnyObject): Promise<AnyObject> {
    const { kind, metadata, type } = written;
    const isCached =
      WHOLE_KINDS.has(kind) ||
      type === 'kubernetes.io/basic-auth' ||
      metadata.labels?.[LABELS.managedBy] === MANAGED_BY;
    if (!isCached || this.#queue === undefined) return written;
    await until(`${kind} ${metadata.name} is seen`, () => {
      const seen = this.#findSeen(kind, metadata.namespace ?? '', metadata.name);
      return seen !== undefined && !isOlder(seen.metadata.resourceVersion, metadata.resourceVersion);
    });
    return written;
  }

  #findSeen(kind: KnownKind, namespace: string, name: string): KubeObject | undefined {
    const caches = this.#cacheSet?.caches;
    const found = caches?.[kind as CachedKind]?.get(namespace, name);
    return found ?? (kind === 'Secret' ? caches?.BasicAuthSecret.get(namespace, name) : undefined);
  }

  /** Waits until the condition of the object is so, and gives it. */
  async waitCondition(
    object: AnyObject,
    type: string,
    isSo: (condition: AnyObject) => boolean,
  ): Promise<AnyObject> {
    let found: AnyObject;
    await until(`${type} of ${object.kind} ${object.metadata.name}`, async () => {
      const live = await this.get(object.kind, object.metadata.namespace, object.metadata.name);
      found = live?.status?.conditions?.find((condition: AnyObject) => condition.type === type);
      return found !== undefined && isSo(found);
    });
    return found;
  }

  /** Waits until nothing has come in or been done for a while. */
  async settle(): Promise<void> {
    let seen = -1;
    await until('reconciliation is at rest', async () => {
      await this.#queue?.idle();
      const isQuiet = seen === this.#activity;
      seen = this.#activity;
      if (!isQuiet) await sleep(QUIET_MS);
      return isQuiet;
    });
  }

  /** As its controllers and kubelet would: the Deployment is rolled out, and its pod is ready on a node. */
  async makeReady(namespace: string, workload: string, node: string): Promise<void> {
    const { metadata, spec } = await this.get('Deployment', namespace, workload);
    const replicas = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
    const status = { observedGeneration: metadata.generation, ...replicas };
    await this.patch('Deployment', namespace, workload, { status }, '/status');
    const { labels } = spec.template.metadata;
    await this.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: workload, labels },
      spec: { nodeName: node, containers: [{ name: 'agent', image: 'agent:1' }] },
    });
    const conditions = [{ type: 'Ready', status: 'True' }];
    await this.patch('Pod', namespace, workload, { status: { phase: 'Running', conditions } }, '/status');
  }

  /** What the agent of a workload says of all its paths. */
  async say(
    namespace: string,
    workload: string,
    word: Record<string, boolean | Partial<PathState>>,
  ): Promise<void> {
    const name = `${namespace}/${workload}`;
    const plan = await this.readPlan(namespace, workload);
    if (this.states.get(name) === undefined)
      this.states.connect(name, { uid: name, created: '' }, plan.revision);
    const paths = Object.entries(word).map(([path, said]) => {
      const state = typeof said === 'boolean' ? { online: said } : { online: true, ...said };
      return { path, sinceMs: 0, tracks: state.online ? ['H264'] : [], ...state };
    });
    this.states.take(name, name, { type: 'states', complete: true, paths });
  }

  /** What reconciliation has written and read. */
  async listCalls(from = 0): Promise<AuditEntry[]> {
    const audit = await this.#server.readAudit('operator');
    return audit.filter(({ verb }) => !['watch', 'list'].includes(verb)).slice(from);
  }
}

function pathOf(object: KubeObject): string {
  return resourcePath(resourceOf(object), object.metadata.namespace, object.metadata.name);
}
