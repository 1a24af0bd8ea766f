import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import { type ConditionWord, nameSome } from './condition-word.ts';

export interface ShardOfTier {
  /** The shard in a person's words: `shard 0 of CameraFactory ns/name`. */
  title: string;
  /** The tier, as in `CameraFactory ns/name`, and the number in it. */
  tier: string;
  shard: number;
  observed: ObservedShard;
}

/**
 * Redundant: the loss of any one pod or node is made good by the other side. `degradedCameras` are those that
 * should reach both sides and do not.
 */
export function judgeRedundant(
  shards: readonly ShardOfTier[],
  degradedCameras: readonly string[] = [],
): ConditionWord {
  const type = CONDITIONS.redundant;
  if (shards.length === 0) {
    const message = 'No tier carries it; the conditions Ready and Stalled say why';
    return { type, status: 'False', reason: REASONS.sideNotReady, message };
  }
  for (const { title, observed } of shards) {
    const { primary, backup } = observed.sides;
    for (const [name, side] of [['primary', primary] as const, ['backup', backup] as const]) {
      if (side.deployment?.isReady) continue;
      const message = `The ${name} side of ${title} has no ready pod; kubectl describe its pods to see why`;
      return { type, status: 'False', reason: REASONS.sideNotReady, message };
    }
    if (primary.node !== undefined && primary.node === backup.node) {
      const message = `Both sides of ${title} run on the node ${primary.node}; add a node, or make room on another one and delete one of the pods`;
      return { type, status: 'False', reason: REASONS.oneNode, message };
    }
  }
  if (degradedCameras.length > 0) {
    const message = `On one side alone: ${nameSome(degradedCameras)}; see that these cameras reach both sides`;
    return { type, status: 'False', reason: REASONS.camerasDegraded, message };
  }
  return {
    type,
    status: 'True',
    reason: REASONS.bothSides,
    message: 'Both sides serve, on different nodes',
  };
}
