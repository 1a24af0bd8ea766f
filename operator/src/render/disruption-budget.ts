import { activeServiceName } from '../topology/names.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier } from './media-tier.ts';

/**
 * One over both sides of a shard: a drain takes one of them, and the second only once the first is ready
 * elsewhere. A pod that is not ready anyway never blocks a drain.
 */
export function renderDisruptionBudget(tier: MediaTier, shard: number): DesiredObject {
  const labels = labelTier(tier.kind, tier.name, shard);
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: describeOwned(tier, activeServiceName(tier.prefix, shard), labels),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: labels },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
}
