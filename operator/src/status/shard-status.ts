import type { ShardStatus } from '../api/media-tier.ts';
import { REASONS } from '../api/reasons.ts';
import type { Upgrade } from '../api/upgrade.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { Pending } from './pending.ts';
import type { ShardOfTier } from './redundant.ts';

/** `previous`: as it was described last; what a switch took is only known to who saw it, and is kept. */
export function describeShard(
  shard: number,
  observed: ObservedShard,
  { streams, upgrade }: { streams: number; upgrade?: Upgrade | undefined },
  previous: ShardStatus | undefined,
): ShardStatus {
  const { lastSwitch } = observed;
  const known = previous?.lastSwitch?.at === lastSwitch?.at ? previous?.lastSwitch?.switchMs : undefined;
  const switchMs = lastSwitch?.switchMs ?? known;
  return {
    shard,
    activeSide: observed.activeSide,
    primaryReady: observed.sides.primary.deployment?.isReady ?? false,
    backupReady: observed.sides.backup.deployment?.isReady ?? false,
    streams,
    ...(lastSwitch && { lastSwitch: { ...lastSwitch, ...(switchMs === undefined ? {} : { switchMs }) } }),
    ...(upgrade && { upgrade }),
  };
}

/** What the shards are still waited for: those without any ready side first, then those being rolled out. */
export function listPendingShards(shards: readonly ShardOfTier[]): Pending[] {
  const dark = shards.filter(({ observed }) => !hasReadySide(observed));
  const rolling = shards.filter(({ observed }) => hasReadySide(observed) && isRollingOut(observed));
  return [
    ...dark.map(({ title }) => ({
      reason: REASONS.podsNotReady,
      message: `No side of ${title} has a ready pod yet; if this lasts, kubectl describe its pods`,
    })),
    ...rolling.map(({ title }) => ({
      reason: REASONS.rollingOut,
      message: `The pods of ${title} are being replaced`,
    })),
  ];
}

function hasReadySide({ sides }: ObservedShard): boolean {
  return [sides.primary, sides.backup].some((side) => side.deployment?.isReady);
}

function isRollingOut({ sides }: ObservedShard): boolean {
  return [sides.primary, sides.backup].some((side) => side.deployment?.isRollingOut);
}
