import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier } from './media-tier.ts';

/**
 * One over all workers of a pool: what is evicted goes one after the other, so that no rendition loses both its copies.
 * A pod that is not ready anyway never blocks a drain.
 */
export function renderPoolDisruptionBudget(tier: MediaTier): DesiredObject {
  const labels = labelTier(tier.kind, tier.name);
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: describeOwned(tier, tier.prefix, labels),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: labels },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
}
