import type { KubeObject } from './object.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The object without what nobody here reads and what may be larger than the rest of it: managedFields, and the
 * copy of the whole that `kubectl apply` keeps in an annotation. A new object: `delete` would make V8 keep a slow
 * and large one.
 */
export function dropBulk(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & {
    managedFields?: unknown;
  };
  if (metadata.annotations?.[LAST_APPLIED] === undefined) return { ...object, metadata };
  const { [LAST_APPLIED]: __, ...annotations } = metadata.annotations;
  return { ...object, metadata: { ...metadata, annotations } };
}
