/**
 * A changed pod template goes to few workers at a time, and to each when nothing of it is missed: what it encodes is moved
 * first. A template that does not work stops there, since the next ones wait until the first are ready with it.
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

/** `isSpare`: whether a rendition that a worker encodes comes from another worker too. */
export function planUpgrade(
  workers: readonly ObservedWorker[],
  isSpare: (path: string, worker: string) => boolean,
): UpgradePlan {
  const outdated = workers.filter(({ isOutdated, isReady }) => isOutdated && isReady);
  const isSettled = workers.every(({ isOutdated, isReady, isRollingOut }) => {
    return isOutdated || (isReady && !isRollingOut);
  });
  const most = Math.max(1, Math.floor(workers.length * UPGRADING_SHARE));
  const emptiest = outdated.toSorted((a, b) => countWork(a) - countWork(b) || a.index - b.index);
  const chosen = isSettled ? emptiest.slice(0, most) : [];
  // With nobody to move to there is nothing to wait for.
  const hasOthers = workers.some((worker) => worker.isReady && !chosen.includes(worker));
  const mayGo = (worker: ObservedWorker) =>
    !hasOthers || listWork(worker).encoded.every((path) => isSpare(path, worker.name));
  const due = chosen.filter(mayGo);
  return {
    emptying: new Set(hasOthers ? chosen.map(({ index }) => index) : []),
    held: new Set(outdated.filter((worker) => !due.includes(worker)).map(({ index }) => index)),
  };
}

function countWork(worker: ObservedWorker): number {
  return listWork(worker).encoded.length;
}
