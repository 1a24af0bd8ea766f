/** The reflectors behind the caches: what each watches, and what it keeps of an object. */
import { LABELS, MANAGED_BY } from '../api/labels.ts';
import type { CacheChange, CachedKind, CachedKinds, Caches, NodeObject, PodObject } from './caches.ts';
import type { KubeObject } from './object.ts';
import { Reflector, type ReflectorHealth, type ReflectorOptions } from './reflector.ts';
import { RESOURCES } from './resource.ts';

type Shared = Pick<
  ReflectorOptions<KubeObject>,
  'client' | 'clock' | 'random' | 'logger' | 'metrics' | 'silenceMs' | 'onTurn'
>;
type Watched = Pick<ReflectorOptions<KubeObject>, 'resource' | 'selectors' | 'transform'>;
type Reflectors = { readonly [K in CachedKind]: Reflector<CachedKinds[K]> };

const OURS = { labels: { [LABELS.managedBy]: MANAGED_BY } };

const WATCHED: Record<CachedKind, Watched> = {
  Site: { resource: RESOURCES.Site },
  CameraFactory: { resource: RESOURCES.CameraFactory },
  CompressorPool: { resource: RESOURCES.CompressorPool },
  MasterRelay: { resource: RESOURCES.MasterRelay },
  Deployment: { resource: RESOURCES.Deployment, selectors: OURS },
  Service: { resource: RESOURCES.Service, selectors: OURS },
  Secret: { resource: RESOURCES.Secret, selectors: OURS },
  BasicAuthSecret: {
    resource: RESOURCES.Secret,
    selectors: { fields: { type: 'kubernetes.io/basic-auth' } },
  },
  Pod: { resource: RESOURCES.Pod, selectors: OURS, transform: keepOfPod },
  PodDisruptionBudget: { resource: RESOURCES.PodDisruptionBudget, selectors: OURS },
  HorizontalPodAutoscaler: {
    resource: RESOURCES.HorizontalPodAutoscaler,
    selectors: OURS,
    transform: dropStatus,
  },
  ServiceAccount: { resource: RESOURCES.ServiceAccount, selectors: OURS },
  Namespace: { resource: RESOURCES.Namespace, transform: keepOfNamespace },
  Node: { resource: RESOURCES.Node, transform: keepOfNode },
};

export class CacheSet {
  readonly caches: Caches;
  readonly #reflectors: Reflectors;

  constructor(shared: Shared) {
    const entries = Object.entries(WATCHED).map(([name, watched]) => {
      const reflector = new Reflector({ ...shared, ...watched, name });
      return [name, reflector] as const;
    });
    // Each resource's objects are what CachedKinds says of its kind, as far as the API server keeps its word.
    this.#reflectors = Object.fromEntries(entries) as unknown as Reflectors;
    this.caches = Object.fromEntries(entries.map(([name, { store }]) => [name, store])) as unknown as Caches;
  }

  start(): void {
    for (const reflector of this.#all()) reflector.start();
  }

  /** Resolves when every cache has been complete once. */
  async waitSynced(): Promise<void> {
    await Promise.all(this.#all().map((reflector) => reflector.synced));
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map((reflector) => reflector.close()));
  }

  get health(): Record<string, ReflectorHealth> {
    return Object.fromEntries(this.#all().map((reflector) => [reflector.name, reflector.health]));
  }

  onChange(listener: (change: CacheChange) => void): void {
    for (const reflector of this.#all()) {
      const kind = reflector.name as CachedKind;
      reflector.onChange((change) => listener({ kind, change } as CacheChange));
    }
  }

  /** Takes the answer to a write of ours into every cache that would come to hold the object. */
  offer(object: KubeObject): void {
    for (const reflector of this.#all()) {
      const { resource } = WATCHED[reflector.name as CachedKind];
      if (resource.kind === object.kind) reflector.offer(object);
    }
  }

  #all(): Reflector<KubeObject>[] {
    return Object.values(this.#reflectors) as unknown as Reflector<KubeObject>[];
  }
}

function dropStatus(object: KubeObject): KubeObject {
  const { status: _, ...others } = object as KubeObject & { status?: unknown };
  return others;
}

function keepOfPod(object: KubeObject): PodObject {
  const { apiVersion, kind, metadata, spec, status } = object as PodObject;
  const {
    name,
    namespace,
    uid,
    resourceVersion,
    creationTimestamp,
    deletionTimestamp,
    labels,
    ownerReferences,
  } = metadata;
  return {
    apiVersion,
    kind,
    metadata: dropAbsent({
      name,
      namespace,
      uid,
      resourceVersion,
      creationTimestamp,
      deletionTimestamp,
      labels,
      ownerReferences,
    }),
    spec: dropAbsent({ nodeName: spec?.nodeName }),
    status: dropAbsent({
      phase: status?.phase,
      podIP: status?.podIP,
      conditions: status?.conditions?.map(({ type, status: value }) => ({ type, status: value })),
    }),
  };
}

function keepOfNamespace(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const { name, uid, resourceVersion, labels, deletionTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    metadata: dropAbsent({ name, uid, resourceVersion, labels, deletionTimestamp }),
  };
}

function keepOfNode(object: KubeObject): NodeObject {
  const { apiVersion, kind, metadata, spec, status } = object as NodeObject;
  const { name, uid, resourceVersion, labels } = metadata;
  // Extended resources have a domain in their names, and CPU and memory none.
  const extended = Object.entries(status?.allocatable ?? {}).filter(([resource]) => resource.includes('/'));
  return {
    apiVersion,
    kind,
    metadata: dropAbsent({ name, uid, resourceVersion, labels }),
    spec: dropAbsent({ unschedulable: spec?.unschedulable }),
    status: { allocatable: Object.fromEntries(extended) },
  };
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function dropAbsent<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
