import { PROBLEM_REASONS } from '../api/reasons.ts';
import { encodeText } from '../topology/basic-auth.ts';
import { placementSecretName } from '../topology/names.ts';
import { formatPlacements, type PlacementRecord } from '../topology/placement/placement-record.ts';
import { describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier } from './media-tier.ts';
import { MAX_PLAN_BYTES, type PlanRendering } from './plan-secret.ts';

/** The key of the text in the Secret. */
export const PLACEMENTS_KEY = 'placements.json';

/**
 * What the pool remembers. No secret, but plans are Secrets too, and are watched already. What does not fit leaves what
 * is there.
 */
export function renderPlacementSecret(
  tier: MediaTier,
  record: PlacementRecord,
  live: string | undefined,
): PlanRendering {
  const text = formatPlacements(tier.prefix, record);
  const isTooLarge = Buffer.byteLength(text) > MAX_PLAN_BYTES;
  const kept = live ?? formatPlacements(tier.prefix, { renditions: new Map(), leaving: [] });
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: describeOwned(tier, placementSecretName(tier.prefix), labelTier(tier.kind, tier.name)),
    type: 'Opaque',
    data: { [PLACEMENTS_KEY]: encodeText(isTooLarge ? kept : text) },
  };
  if (!isTooLarge) return { secret };
  const problem = {
    reason: PROBLEM_REASONS.planTooLarge,
    field: 'spec.allowedSites',
    message: `where its ${record.renditions.size} renditions are encoded takes ${Buffer.byteLength(text)} bytes, and a Secret carries ${MAX_PLAN_BYTES}`,
    remedy: 'give some of its Sites another pool',
  };
  return { secret, problem };
}
