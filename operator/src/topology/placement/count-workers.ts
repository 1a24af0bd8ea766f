/** How many workers it takes that nothing waits for a slot, and that the loss of one can be made good. */
import type { RenditionDemand } from './pool.ts';
import { countUsableSlots, ROUNDING } from './worker-book.ts';

export interface WorkerSize {
  slots: number;
  cores: number;
}

export interface PoolBounds {
  minReplicas: number;
  maxReplicas: number;
  /** From 0 to 1. */
  standbyShare: number;
}

/** Between the pool's own bounds. */
export function countNeededWorkers(
  renditions: readonly RenditionDemand[],
  size: WorkerSize,
  { minReplicas, maxReplicas, standbyShare }: PoolBounds,
): number {
  const most = size.cores * (1 - standbyShare);
  const copies = renditions.flatMap(({ cores, redundancy }) => {
    return Array<number>(redundancy === 'Hot' ? 2 : 1).fill(Math.min(cores, most));
  });
  const cores = copies.reduce((sum, each) => sum + each, 0);
  // A second copy needs a second worker; standbys need room for all that the fullest one encodes.
  const spare = renditions.some(({ redundancy }) => redundancy === 'Warm') ? 1 : 0;
  const least = Math.max(minReplicas, renditions.length === 0 ? 0 : 2, countFilled(copies, size) + spare);
  for (let workers = least; workers < maxReplicas; workers++) {
    const usable = countUsableSlots(workers * size.slots, standbyShare);
    if (copies.length <= usable && cores <= workers * most + ROUNDING) return workers;
  }
  return maxReplicas;
}

/** Workers when each is filled as far as it goes (first fit, the greatest first): what is left of one may fit nobody. */
function countFilled(copies: readonly number[], { slots, cores }: WorkerSize): number {
  const filled: WorkerSize[] = [];
  for (const each of copies.toSorted((a, b) => b - a)) {
    const worker = filled.find((one) => one.slots < slots && one.cores + each <= cores + ROUNDING);
    if (worker === undefined) {
      filled.push({ slots: 1, cores: each });
    } else {
      worker.slots += 1;
      worker.cores += each;
    }
  }
  return filled.length;
}
