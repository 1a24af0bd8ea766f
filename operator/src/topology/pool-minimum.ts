import type { ObservedWorker } from './observed-worker.ts';
import { decideMinimum } from './placement/decide-minimum.ts';
import type { PlacementPlan, RenditionDemand } from './placement/pool.ts';
import type { PoolSize } from './placement/size-pool.ts';
import { workerSizeOf } from './pool-size.ts';
import type { Pool } from './tiers.ts';

export interface MinimumOccasion {
  workers: readonly ObservedWorker[];
  demand: readonly RenditionDemand[];
  size: PoolSize;
  placement: PlacementPlan;
  /** `spec.minReplicas` of the pool's autoscaler, where there is one. */
  inForce: number | undefined;
  /** Whether what encoders use is known. */
  areCostsKnown: boolean;
}

/** The autoscaler's least workers, after a plan was made. */
export function decidePoolMinimum(pool: Pool, occasion: MinimumOccasion): number {
  const { workers, demand, size, placement, inForce, areCostsKnown } = occasion;
  const { autoscaling, standbyPercent } = pool.spec;
  return decideMinimum({
    renditions: demand.filter(({ hardware }) => suits(hardware, pool)),
    size: workerSizeOf(pool.spec),
    bounds: { ...autoscaling, standbyShare: standbyPercent / 100 },
    inForce,
    areCostsKnown,
    lacksRoom: lacksRoom(placement) && areAllUp(workers, size),
    workers: size.staying.length,
  });
}

function suits(hardware: RenditionDemand['hardware'], { spec }: Pool): boolean {
  return hardware === undefined || hardware === spec.hardware?.encoder;
}

function lacksRoom({ waiting, stranded }: PlacementPlan): boolean {
  return stranded.length > 0 || waiting.some(({ reason }) => reason === 'NoRoom');
}

/** One that is about to be is room to come. */
function areAllUp(workers: readonly ObservedWorker[], { staying }: PoolSize): boolean {
  const up = workers.filter(({ isReady, isRollingOut, isHeard }) => isReady && !isRollingOut && isHeard);
  return staying.every((index) => up.some((worker) => worker.index === index));
}
