import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from './object.ts';
import type { StoreChange } from './store.ts';

/**
 * Whether a change of an object is one of its status alone: nothing that its own reconciliation reads of it. The
 * API server counts `generation` up for every change of the spec.
 */
export function isOnlyStatus(change: StoreChange<KubeObject>): boolean {
  if (change.type !== 'modified') return false;
  const { object, previous } = change;
  return isDeepStrictEqual(identityOf(object), identityOf(previous));
}

function identityOf({ metadata }: KubeObject) {
  const { uid, generation, labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  return { uid, generation, labels, annotations, ownerReferences, deletionTimestamp };
}
