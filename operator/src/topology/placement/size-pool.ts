/** Which workers a pool has: as many as its `replicas` says, whoever wrote that. */

export interface SizedWorker {
  /** In its name. */
  index: number;
  isReady: boolean;
  /** Whether it is to go, as it was decided before. */
  isLeaving: boolean;
  /** Whether its node takes no more pods. */
  isCordoned: boolean;
  /** Renditions that it encodes, those that are being moved away among them. */
  renditions: number;
  standby: number;
}

export interface PoolSize {
  /** In the order of their numbers; some of them are still to be made. */
  staying: readonly number[];
  /** Their renditions are to be moved, before they go. */
  leaving: readonly number[];
  /** Nothing is left on them. */
  removed: readonly number[];
}

/**
 * Where there are too many, those go that lose least by it: the emptiest. One that is chosen stays chosen, unless more
 * are wanted again: then those that have most come back before new ones are made. New ones have the lowest free number.
 */
export function sizePool(workers: readonly SizedWorker[], replicas: number): PoolSize {
  const byWorth = workers.toSorted(compareWorth);
  const staying = byWorth.slice(0, replicas).map(({ index }) => index);
  const going = byWorth.slice(replicas);
  const taken = new Set(workers.map(({ index }) => index));
  for (let index = 0; staying.length < replicas; index++) if (!taken.has(index)) staying.push(index);
  // With none that stays there is nowhere to move to, and nothing to wait for.
  const isEmpty = ({ renditions }: SizedWorker) => renditions === 0 || replicas === 0;
  const list = (those: SizedWorker[]) => those.map(({ index }) => index).sort((a, b) => a - b);
  return {
    staying: staying.sort((a, b) => a - b),
    leaving: list(going.filter((worker) => !isEmpty(worker))),
    removed: list(going.filter(isEmpty)),
  };
}

/** The first are those to keep. */
function compareWorth(a: SizedWorker, b: SizedWorker): number {
  return (
    Number(a.isLeaving) - Number(b.isLeaving) ||
    Number(b.isReady) - Number(a.isReady) ||
    Number(a.isCordoned) - Number(b.isCordoned) ||
    b.renditions - a.renditions ||
    b.standby - a.standby ||
    a.index - b.index
  );
}
