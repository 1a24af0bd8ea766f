/**
 * A changed pod template goes to few workers at a time, and to each when it encodes nothing any more: what it encodes is
 * moved first, and goes on until nobody takes it from there. A template that does not work stops there, since the next
 * ones wait until the first are ready with it.
 */
import { listWork, type ObservedWorker } from './observed-worker.ts';

/** Of the workers, so many are emptied at once: what they have must find room elsewhere. */
const UPGRADING_SHARE = 0.25;

export interface UpgradePlan {
  /** By number: their renditions are to be moved. */
  emptying: ReadonlySet<number>;
  /** By number: they are to stay as they are for now. */
  held: ReadonlySet<number>;
}

/** `isStaying`: whether it is not on its way out of the pool. One that is keeps the pod that it has. */
export function planUpgrade(
  workers: readonly ObservedWorker[],
  isStaying: (worker: ObservedWorker) => boolean,
): UpgradePlan {
  const staying = workers.filter(isStaying);
  const outdated = staying.filter(({ isOutdated, isReady }) => isOutdated && isReady);
  const isSettled = staying.every(({ isOutdated, isReady, isRollingOut }) => {
    return isOutdated || (isReady && !isRollingOut);
  });
  const most = Math.max(1, Math.floor(staying.length * UPGRADING_SHARE));
  const emptiest = outdated.toSorted((a, b) => countWork(a) - countWork(b) || a.index - b.index);
  const chosen = isSettled ? emptiest.slice(0, most) : [];
  // With nobody to move to there is nothing to wait for.
  const hasOthers = staying.some((worker) => worker.isReady && !chosen.includes(worker));
  const due = chosen.filter((worker) => !hasOthers || countWork(worker) === 0);
  const leaving = workers.filter((worker) => worker.isOutdated && !isStaying(worker));
  return {
    emptying: new Set(hasOthers ? chosen.map(({ index }) => index) : []),
    held: new Set(
      [...outdated.filter((worker) => !due.includes(worker)), ...leaving].map(({ index }) => index),
    ),
  };
}

function countWork(worker: ObservedWorker): number {
  return listWork(worker).encoded.length;
}
