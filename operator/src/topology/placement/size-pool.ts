/** Which workers a pool has: as many as its `replicas` says, whoever wrote that. */

export interface SizedWorker {
  /** In its name. */
  index: number;
  isReady: boolean;
  /** Whether it is to go, as it was decided before. */
  isLeaving: boolean;
  /** Whether its node takes no more pods. */
  isCordoned: boolean;
  /** Where its pod runs; undefined before it does. */
  node?: string | undefined;
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
 * Where there are too many, those go that lose least by it: of those that share a node, so that what stays is not lost
 * with one, the emptiest. One that is chosen stays chosen, unless more are wanted again: then those that have most come
 * back before new ones are made. New ones have the lowest free number.
 */
export function sizePool(workers: readonly SizedWorker[], replicas: number): PoolSize {
  const kept = workers.toSorted(compareWorth);
  const going: SizedWorker[] = [];
  while (kept.length > replicas) going.push(...kept.splice(findLeast(kept), 1));
  const staying = kept.map(({ index }) => index);
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

/** Of workers in the order of their worth, the place of the one to do without. */
function findLeast(workers: readonly SizedWorker[]): number {
  const nodes = new Map<string | undefined, number>();
  for (const { node } of workers) nodes.set(node, (nodes.get(node) ?? 0) + 1);
  const last = workers.at(-1);
  const crowded = workers.findLastIndex((worker) => {
    const isShared = worker.node !== undefined && (nodes.get(worker.node) ?? 0) > 1;
    return isShared && last !== undefined && compareState(worker, last) === 0;
  });
  return crowded === -1 ? workers.length - 1 : crowded;
}

/** The first are those to keep. */
function compareWorth(a: SizedWorker, b: SizedWorker): number {
  return compareState(a, b) || b.renditions - a.renditions || b.standby - a.standby || a.index - b.index;
}

function compareState(a: SizedWorker, b: SizedWorker): number {
  return (
    Number(a.isLeaving) - Number(b.isLeaving) ||
    Number(b.isReady) - Number(a.isReady) ||
    Number(a.isCordoned) - Number(b.isCordoned)
  );
}
