import { CARRIED_FOR_MS, listMissing, otherSide } from './decide.ts';
import type { ShardEvidence } from './evidence.ts';
import { judgeStandby } from './judge-side.ts';

/** Why a shard is not moved to its other side now though that is wanted; undefined where nothing is in the way. */
export function explainHold(shard: ShardEvidence, nowMs: number): string | undefined {
  const to = otherSide(shard.activeSide);
  const standby = shard.sides[to];
  const { state } = judgeStandby(standby, shard, nowMs);
  if (state !== 'well') return `the ${to} side ${STATES[state]}`;
  const missing = listMissing(shard.sides[shard.activeSide], standby);
  if (missing.length > 0) return `the ${to} side does not carry ${nameSome(missing)}`;
  if (shard.upgrade?.side !== to) return undefined;
  const { unplayed } = shard.upgrade;
  return unplayed.length > 0
    ? `not played from the ${to} side yet: ${nameSome(unplayed)}`
    : `the ${to} side has not carried everything for ${CARRIED_FOR_MS / 1_000} s yet`;
}

function nameSome(names: readonly string[]): string {
  const rest = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names.slice(0, 3).join(', ')}${rest}`;
}

const STATES = {
  suspect: 'is not heard in time',
  leaving: 'is being shut down or in maintenance, or its node is cordoned',
  down: 'does not serve',
  unknown: 'has not been heard yet',
  unready: 'is not ready yet, says its pod',
} as const;
