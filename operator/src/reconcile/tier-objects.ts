import { LABELS, TIER_NAMES } from '../api/labels.ts';
import type { Target } from '../kube/handlers.ts';
import type { KubeObject } from '../kube/object.ts';

/** The tier that an object was made for, by its labels. */
export function findTierOf({ metadata }: KubeObject): Target | undefined {
  const name = metadata.labels?.[LABELS.instance];
  const kindName = metadata.labels?.[LABELS.name];
  if (name === undefined) return undefined;
  const namespace = metadata.namespace ?? '';
  if (kindName === TIER_NAMES.CameraFactory) return { kind: 'CameraFactory', namespace, name };
  if (kindName === TIER_NAMES.CompressorPool) return { kind: 'CompressorPool', namespace, name };
  if (kindName === TIER_NAMES.MasterRelay) return { kind: 'MasterRelay', namespace, name };
  return undefined;
}
