/** Reconciliation over objects in memory, one object after the other: which are looked at, and what is written. */
import { needsApply, withAppliedHash } from '../src/diff/needs-apply.ts';
import { PathStateRegistry } from '../src/feed/path-state-registry.ts';
import { mergePatch } from '../src/kube/apply.ts';
import type { CacheChange, Caches } from '../src/kube/caches.ts';
import { RECONCILED_KINDS, type Reconciliation, type Target } from '../src/kube/handlers.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { isOnlyStatus } from '../src/kube/only-status.ts';
import { RESOURCES } from '../src/kube/resource.ts';
import { ObjectStore } from '../src/kube/store.ts';
import { createReconciliation } from '../src/reconcile/reconciliation.ts';
import { SETTLING_MS } from './budgets.ts';
import type { AnyObject } from './manifests.ts';
import { noSwitching } from './no-switching.ts';

export class MemoryCluster {
  /** `Site yard/dock`, one for each time that it was looked at. */
  readonly runs: string[] = [];
  /** `Service yard/dock-factory-0`, one for each write; statuses with ` status` behind. */
  readonly writes: string[] = [];
  readonly states = new PathStateRegistry(() => performance.now());
  nowMs = 1_700_000_000_000;
  /** Whether the cache of Secrets for basic authentication, which has a watch of its own, hears nothing until `hearLate`. */
  isBasicAuthLate = false;
  #late: (() => void)[] = [];
  readonly #stores: Record<string, ObjectStore<AnyObject>> = Object.fromEntries(
    [...Object.keys(RESOURCES), 'BasicAuthSecret'].map((kind) => [kind, new ObjectStore()]),
  );
  readonly #due = new Map<string, Target>();
  readonly #reconciliation: Reconciliation;
  #version = 0;

  constructor() {
    let random = 0;
    const startedMs = this.nowMs;
    this.#reconciliation = createReconciliation({
      caches: this.#stores as unknown as Caches,
      applier: {
        apply: async (desired, live) => this.#apply(desired, live) as AnyObject,
        createIfAbsent: async (desired) => this.#write(desired),
        applyStatus: async (live, status) => this.#applyStatus(live, status),
        delete: async (live) => this.remove(live.kind, live.metadata.namespace ?? '', live.metadata.name),
      },
      events: { record: () => {} },
      states: this.states,
      switching: noSwitching,
      readLive: async () => undefined,
      feedCa: () => 'CA',
      isSettled: () => this.nowMs - startedMs > SETTLING_MS,
      settings: {
        namespace: 'cupola-system',
        agentImage: 'agent:1',
        mediamtxImage: 'mediamtx:1',
        upgradesAtOnce: 10,
      },
      nowMs: () => this.nowMs,
      randomBytes: (size) => Buffer.alloc(size, ++random),
    });
    this.states.onChange((workload, paths) =>
      this.#takeTargets(this.#reconciliation.routeStates(workload, paths)),
    );
  }

  find(kind: string, namespace: string, name: string): AnyObject | undefined {
    return this.#stores[kind]?.get(namespace, name);
  }

  #takeTargets(targets: readonly Target[]): void {
    for (const target of targets) this.#due.set(`${target.kind} ${target.namespace}/${target.name}`, target);
  }

  /** A person's write, by which the spec changes. */
  put(object: AnyObject): void {
    const { kind, metadata } = object;
    const live = this.find(kind, metadata.namespace ?? '', metadata.name);
    const generation = (live?.metadata.generation ?? 0) + 1;
    this.#store({ status: live?.status, ...object, metadata: { ...metadata, generation } });
  }

  remove(kind: string, namespace: string, name: string): boolean {
    const live = this.find(kind, namespace, name);
    if (live === undefined) return false;
    const version = String(++this.#version);
    this.#take(
      kind,
      this.#stores[kind]?.delete({ ...live, metadata: { ...live.metadata, resourceVersion: version } }),
    );
    return true;
  }

  hearLate(): void {
    for (const hear of this.#late.splice(0)) hear();
  }

  /** Looks at what is due until nothing is. */
  async settle(): Promise<void> {
    for (const [id, target] of this.#due) {
      this.#due.delete(id);
      this.runs.push(id);
      await this.#reconciliation.handlers[target.kind](target);
    }
  }

  #apply(desired: KubeObject, live: KubeObject | undefined): KubeObject {
    const marked = withAppliedHash(desired);
    return live !== undefined && !needsApply(marked, live) ? live : this.#write(marked, live);
  }

  #write<T extends KubeObject>(object: T, live?: AnyObject): T {
    const { namespace = '', name } = object.metadata;
    this.writes.push(`${object.kind} ${namespace}/${name}`);
    const generation = (live?.metadata.generation ?? 0) + 1;
    return this.#store({
      status: live?.status,
      ...structuredClone(object),
      metadata: { ...object.metadata, generation },
    });
  }

  #applyStatus(live: AnyObject, status: unknown): AnyObject {
    const wanted = JSON.parse(JSON.stringify(status));
    if (mergePatch(live.status, wanted) === undefined) return live;
    this.writes.push(`${live.kind} ${live.metadata.namespace}/${live.metadata.name} status`);
    return this.#store({ ...live, metadata: { ...live.metadata }, status: wanted });
  }

  #store(object: AnyObject): AnyObject {
    const { kind, metadata, type } = object;
    const live = this.find(kind, metadata.namespace ?? '', metadata.name);
    metadata.uid = live?.metadata.uid ?? `uid-${kind}-${metadata.namespace}-${metadata.name}`;
    metadata.resourceVersion = String(++this.#version);
    this.#take(kind, this.#stores[kind]?.put(object));
    if (type === 'kubernetes.io/basic-auth') {
      const hear = () => this.#take('BasicAuthSecret', this.#stores.BasicAuthSecret?.put(object));
      if (this.isBasicAuthLate) this.#late.push(hear);
      else hear();
    }
    return object;
  }

  #take(kind: string, change: AnyObject): void {
    if (change === undefined) return;
    const own = RECONCILED_KINDS.find((one) => one === kind);
    const targets = own !== undefined && !isOnlyStatus(change) ? [{ kind: own, ...change.key }] : [];
    const event = { kind, change } as CacheChange;
    this.#takeTargets([...targets, ...this.#reconciliation.routeChange(event)]);
  }
}
