import type { Condition } from '../api/condition.ts';
import type { ShardStatus } from '../api/media-tier.ts';
import type { Upgrade } from '../api/upgrade.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { Problem } from '../topology/problem.ts';
import { type ConditionWord, stampConditions } from './condition-word.ts';
import type { Pending } from './pending.ts';
import { judgeReady } from './ready.ts';
import { judgeReconciling } from './reconciling.ts';
import { judgeRedundant } from './redundant.ts';
import { describeShard, listPendingShards } from './shard-status.ts';
import { judgeStalled } from './stalled.ts';

export interface TierObservation {
  /** `CameraFactory ns/name`. */
  title: string;
  generation: number;
  previous:
    | { conditions?: readonly Condition[] | undefined; shards?: readonly ShardStatus[] | undefined }
    | undefined;
  problems: readonly Problem[];
  /** What is waited for beside the shards' pods. */
  pending: readonly Pending[];
  /** What is said beside the conditions of every tier. */
  words: readonly ConditionWord[];
  shards: readonly { observed: ObservedShard; streams: number; upgrade?: Upgrade | undefined }[];
}

/** What the statuses of both kinds of tier have in common. */
export function describeTierStatus(
  { title, generation, previous, problems, pending: others, words: own, shards }: TierObservation,
  nowMs: number,
): { observedGeneration: number; conditions: Condition[]; shards: ShardStatus[] } {
  const titled = shards.map(({ observed }, shard) => ({
    title: `shard ${shard} of ${title}`,
    tier: title,
    shard,
    observed,
  }));
  const pending = [...listPendingShards(titled), ...others];
  const words = [
    judgeReady(problems, pending, `All shards serve: ${shards.length}`),
    judgeReconciling(problems, pending),
    judgeStalled(problems),
    judgeRedundant(titled),
    ...own,
  ];
  return {
    observedGeneration: generation,
    conditions: stampConditions(words, previous?.conditions, generation, nowMs),
    shards: shards.map(({ observed, ...others }, shard) => {
      const before = previous?.shards?.find((known) => known.shard === shard);
      return describeShard(shard, observed, others, before);
    }),
  };
}
