/**
 * How many workers the autoscaler is to keep at least. It cannot know by itself: a rendition that waits for a slot makes no
 * load. So its minimum is raised to what is needed, and lowered with it.
 */
import { countNeededWorkers, type PoolBounds, type WorkerSize } from './count-workers.ts';
import type { RenditionDemand } from './pool.ts';

/** The minimum stays while renditions that cost so much more would need as many: what they use goes up and down. */
const SLACK = 1.15;

export interface MinimumEvidence {
  renditions: readonly RenditionDemand[];
  size: WorkerSize;
  bounds: PoolBounds;
  /** The autoscaler's minimum now; undefined where there is no autoscaler yet. */
  inForce: number | undefined;
  /** Whether what encoders use is known. */
  areCostsKnown: boolean;
  /** Whether renditions wait for room, or cannot leave their worker for want of it, though all workers are up. */
  lacksRoom: boolean;
  /** Workers that stay. */
  workers: number;
}

/** Between the pool's own bounds. */
export function decideMinimum(evidence: MinimumEvidence): number {
  const { renditions, size, bounds, inForce, areCostsKnown, lacksRoom, workers } = evidence;
  const countAt = (factor: number) =>
    countNeededWorkers(
      renditions.map((rendition) => ({ ...rendition, cores: rendition.cores * factor })),
      size,
      bounds,
    );
  if (inForce === undefined) return countAt(1);
  // Slots are known all the same.
  if (!areCostsKnown) return clamp(inForce, countAt(0), bounds.maxReplicas);
  const steady = clamp(inForce, countAt(1), countAt(SLACK));
  // What was counted as room may lie in pieces, or on a worker whose node is cordoned.
  return lacksRoom ? Math.min(Math.max(steady, workers + 1), bounds.maxReplicas) : steady;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
