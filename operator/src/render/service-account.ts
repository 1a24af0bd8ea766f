import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier } from './media-tier.ts';

/** Whose token media pods show to the feed. It has no rights, and its API token is mounted nowhere. */
export function renderServiceAccount(tier: MediaTier): DesiredObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: describeOwned(tier, tier.prefix, labelTier(tier.kind, tier.name)),
    automountServiceAccountToken: false,
  };
}
