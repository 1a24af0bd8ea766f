/**
 * How many workers it takes that nothing waits for a slot. The autoscaler cannot know: a rendition that waits makes no
 * load. So its minimum is raised to this, and lowered with it.
 */
import type { RenditionDemand } from './pool.ts';

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
  const copies = renditions.reduce((sum, { redundancy }) => sum + (redundancy === 'Hot' ? 2 : 1), 0);
  const most = size.cores * (1 - standbyShare);
  const cores = renditions.reduce((sum, rendition) => {
    return sum + Math.min(rendition.cores, most) * (rendition.redundancy === 'Hot' ? 2 : 1);
  }, 0);
  // A second copy, and a standby, need a second worker.
  const least = renditions.length === 0 ? 0 : 2;
  for (let workers = minReplicas; workers < maxReplicas; workers++) {
    const slots = workers * size.slots;
    const usable = slots - Math.floor(slots * standbyShare);
    if (workers >= least && copies <= usable && cores <= workers * most) return workers;
  }
  return maxReplicas;
}
