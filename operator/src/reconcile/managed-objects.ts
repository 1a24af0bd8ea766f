import { LABELS, MANAGED_BY } from '../api/labels.ts';
import type { Caches } from '../kube/caches.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Owner } from '../render/desired-object.ts';

/** The kinds that are made for a tier or a Site, those that use others before those that are used. */
const MANAGED_KINDS = [
  'HorizontalPodAutoscaler',
  'Deployment',
  'PodDisruptionBudget',
  'Service',
  'Secret',
  'ServiceAccount',
] as const;

export type ManagedKind = (typeof MANAGED_KINDS)[number] | 'CameraFactory' | 'CompressorPool';

/** The cache's copy of an object of ours. */
export function findManaged(
  caches: Caches,
  { kind, metadata }: { kind: string; metadata: { namespace?: string; name: string } },
): KubeObject | undefined {
  const store = caches[kind as ManagedKind];
  return store.get(metadata.namespace ?? '', metadata.name);
}

/** Everything that was made for the owner and lies in its namespace. */
export function listManaged(caches: Caches, owner: Owner): KubeObject[] {
  return MANAGED_KINDS.flatMap((kind) => caches[kind].list(owner.namespace)).filter((object) => {
    return isMadeFor(object, owner);
  });
}

/**
 * Whether the object was made for the owner: by name, so that an owner made anew (a restored backup) takes back
 * what was made for its namesake.
 */
export function isMadeFor(object: KubeObject, owner: Owner): boolean {
  return (
    object.metadata.labels?.[LABELS.managedBy] === MANAGED_BY &&
    (object.metadata.ownerReferences ?? []).some(
      ({ kind, name }) => kind === owner.kind && name === owner.name,
    )
  );
}
