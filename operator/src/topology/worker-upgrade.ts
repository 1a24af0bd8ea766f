/**
 * A changed pod template goes to few workers at a time, and to each when it encodes nothing any more: what it encodes is
 * moved first, and goes on until nobody takes it from there. A template that does not work stops there, since the next
 * ones wait until the first are ready with it.
 */
import { listEncoded, type ObservedWorker } from './observed-worker.ts';
import type { UpgradeNeed } from './upgrade-queue.ts';

/** Of the workers, so many are emptied at once: what they have must find room elsewhere. */
const UPGRADING_SHARE = 0.25;

export interface UpgradePlan extends UpgradeNeed {
  /** By number: their renditions are to be moved. */
  emptying: ReadonlySet<number>;
  /** By number: they are to stay as they are for now. */
  held: ReadonlySet<number>;
}

/**
 * `staying`: the numbers of those that are to be. One that is on its way out keeps the pod that it has.
 * `isSettled`: whether it is known what they encode. `hasPlace`: whether it is the pool's turn; who is not ready does not
 * wait for it.
 */
export function planUpgrade(
  workers: readonly ObservedWorker[],
  staying: readonly number[],
  { isSettled, hasPlace }: { isSettled: boolean; hasPlace: boolean },
): UpgradePlan {
  const isStaying = ({ index }: ObservedWorker) => staying.includes(index);
  const up = workers.filter((worker) => isStaying(worker) && worker.isReady && !worker.isRollingOut);
  const most = Math.max(1, Math.floor(staying.length * UPGRADING_SHARE));
  const outdated = up.filter(({ isOutdated }) => isOutdated);
  const emptiest = outdated.toSorted((a, b) => countWork(a) - countWork(b) || a.index - b.index);
  const next = up.length === staying.length ? emptiest.slice(0, most) : [];
  const chosen = isSettled && hasPlace ? next : [];
  // With nobody to move to there is nothing to wait for.
  const hasOthers = staying.length > chosen.length;
  const due = chosen.filter((worker) => !hasOthers || countWork(worker) === 0);
  // What is not ready has nothing to lose.
  const kept = workers.filter((worker) => worker.isOutdated && (worker.isReady || !isStaying(worker)));
  return {
    emptying: new Set(hasOthers ? chosen.map(({ index }) => index) : []),
    isWanted: next.length > 0,
    isUnfinished: up.length < staying.length || outdated.length > 0,
    held: new Set(kept.filter((worker) => !due.includes(worker)).map(({ index }) => index)),
  };
}

function countWork(worker: ObservedWorker): number {
  return listEncoded(worker).length;
}
