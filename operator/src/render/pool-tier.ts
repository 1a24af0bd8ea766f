import { tierPrefix } from '../topology/names.ts';
import { fillWorkerResources } from '../topology/pool-size.ts';
import type { Pool } from '../topology/tiers.ts';
import type { MediaTier } from './media-tier.ts';

/** Nobody but factories and workers reads from a worker: they come back, and need not be held. */
const HOLD_SECONDS = 0;

/** A pool as the media pods of its workers have it: reached by RTSP, from within the cluster alone. */
export function describePool({ namespace, name, uid, spec }: Pool): MediaTier {
  return {
    kind: 'CompressorPool',
    namespace,
    name,
    uid,
    prefix: tierPrefix('CompressorPool', name),
    protocols: ['RTSP'],
    exposure: { type: 'ClusterIP' },
    resources: fillWorkerResources(spec.resources),
    holdSeconds: HOLD_SECONDS,
    drainSeconds: spec.drainSeconds,
  };
}
