import { API_VERSION, LABELS, MANAGED_BY, type Side, TIER_NAMES } from '../api/labels.ts';
import type { MediaKind } from '../topology/names.ts';

/** A Kubernetes object as it should be: the fields that we own of it and no others. */
export interface DesiredObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences: OwnerReference[];
    /** A precondition of the write: what is read back from the live object must still be so. */
    resourceVersion?: string;
  };
  spec?: object;
  type?: string;
  data?: Record<string, string>;
  automountServiceAccountToken?: boolean;
}

interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller: true;
}

/** One of our objects, as the owner of what is made for it. */
export interface Owner {
  kind: MediaKind | 'Site';
  namespace: string;
  name: string;
  uid: string;
}

/**
 * The garbage collector takes the object away with its owner. No blockOwnerDeletion: nothing is to wait, and
 * it asks for rights on finalizers. Labels and annotations of the owner, such as a GitOps tool's tracking
 * label, are not copied: the tool would take the object for one of its own and prune it.
 */
export function describeOwned(
  owner: Owner,
  name: string,
  labels: Record<string, string> = {},
): DesiredObject['metadata'] {
  return {
    name,
    namespace: owner.namespace,
    labels: { [LABELS.managedBy]: MANAGED_BY, ...labels },
    ownerReferences: [
      { apiVersion: API_VERSION, kind: owner.kind, name: owner.name, uid: owner.uid, controller: true },
    ],
  };
}

/** Labels of what belongs to a whole tier, a shard of it, or one side of a shard. */
export function labelTier(
  kind: MediaKind,
  name: string,
  shard?: number,
  side?: Side,
): Record<string, string> {
  return {
    [LABELS.name]: TIER_NAMES[kind],
    [LABELS.instance]: name,
    ...(shard === undefined ? {} : { [LABELS.shard]: String(shard) }),
    ...(side === undefined ? {} : { [LABELS.side]: side }),
  };
}
