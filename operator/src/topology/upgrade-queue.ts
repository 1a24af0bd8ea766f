/**
 * So many upgrades at once, and no more. A changed pod template goes to one shard of a factory or relay, or to one pool,
 * for each place that there is: a shard's upgrade makes two pods anew and moves who is led to them, whatever tier it is
 * of, and of a relay's many shards each has viewers of its own; a pool empties few workers at a time by itself.
 *
 *     (as it should be) --wanted--> Waiting --a place is free, and nobody waits longer--> Rolling --all pods ready--> (gone)
 *
 * One whose new pods do not come up, or lack what was there before, keeps its place: a template that does not work stops
 * at so many shards. What cannot go on for an older reason keeps none: its standby has been down since before, or has
 * lacked a stream, such as a camera that reaches one side alone; it asks again when that is over. Whoever has
 * waited longest is next, so that what is upgraded again and again is behind all others each time.
 */
import type { Upgrade } from '../api/upgrade.ts';

export interface UpgradeClaim {
  upgrade: Upgrade;
  /** Of the shard or pool, among all of the cluster. */
  id: string;
}

export interface UpgradeNeed {
  /** Whether there is something to replace, or to switch, that would be done now with a place. */
  isWanted: boolean;
  /** Whether pods are not as they should be, or not ready. */
  isUnfinished: boolean;
  /** Whether the other side cannot take over now, of a shard. */
  isLacking?: boolean;
  /** Whether only the switch is left to wait for, and cannot be made now. */
  isHeldUp?: boolean;
}

/** What becomes of its part in the upgrade by what is seen of it now; a place is given by `listAdmitted`. */
export function renewUpgrade(
  previous: Upgrade | undefined,
  { isWanted, isUnfinished, isLacking = false, isHeldUp = false }: UpgradeNeed,
  nowMs: number,
): Upgrade | undefined {
  if (previous?.state === 'Rolling') {
    return isUnfinished && !(previous.lacking && isHeldUp) ? previous : undefined;
  }
  if (!isWanted) return undefined;
  const since = previous?.since ?? new Date(nowMs).toISOString();
  return { state: 'Waiting', since, ...(isLacking && { lacking: true }) };
}

/** Those of the waiting ones that have a place now, `limit` being how many there are. */
export function listAdmitted<T extends UpgradeClaim>(claims: readonly T[], limit: number): T[] {
  const rolling = claims.filter(({ upgrade }) => upgrade.state === 'Rolling').length;
  const waiting = claims.filter(({ upgrade }) => upgrade.state === 'Waiting').toSorted(compareTurns);
  return waiting.slice(0, Math.max(0, limit - rolling));
}

/** How many of those that wait come before one of them. */
export function countBefore(claims: readonly UpgradeClaim[], waiting: UpgradeClaim): number {
  return claims.filter((other) => other.upgrade.state === 'Waiting' && compareTurns(other, waiting) < 0)
    .length;
}

function compareTurns(a: UpgradeClaim, b: UpgradeClaim): number {
  return (
    Date.parse(a.upgrade.since) - Date.parse(b.upgrade.since) || (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}
