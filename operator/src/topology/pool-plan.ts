/**
 * One plan of a pool: which workers there are, which of them are being emptied, and who encodes what. Made from what the
 * pool remembers and what is live, so that nothing moves without need.
 */
import { listFinishing, listLingering } from './lingering.ts';
import { listEncoded, listWork, type ObservedWorker } from './observed-worker.ts';
import { placeRenditions } from './placement/place-renditions.ts';
import type { KeptRendition, PlacementRecord } from './placement/placement-record.ts';
import type { PlacementPlan, PoolWorker, RenditionDemand } from './placement/pool.ts';
import { type PoolSize, sizePool } from './placement/size-pool.ts';
import { decidePoolMinimum } from './pool-minimum.ts';
import { workerSizeOf } from './pool-size.ts';
import { recallPlacements } from './recall-placements.ts';
import type { Pool } from './tiers.ts';
import { planUpgrade, type UpgradePlan } from './worker-upgrade.ts';

export interface PoolEvidence {
  workers: readonly ObservedWorker[];
  demand: readonly RenditionDemand[];
  record: PlacementRecord;
  /** As PlacementInput has it. */
  isLive(path: string, worker: string): boolean;
  /** Whether some factory takes the rendition from that worker. */
  isTaken(path: string, worker: string): boolean;
  /** Whether what is seen is all there is to see: before, nothing is moved for a better place. */
  isSettled: boolean;
  /** Whether it is the pool's turn to be upgraded. */
  hasPlace: boolean;
  /** `spec.minReplicas` of the pool's autoscaler, where there is one. */
  minimumInForce: number | undefined;
}

export interface PoolPlan {
  size: PoolSize;
  placement: PlacementPlan;
  record: PlacementRecord;
  upgrade: UpgradePlan;
  /** By number: those whose renditions are being moved away, for whatever reason. */
  leaving: ReadonlySet<number>;
  /** By path: the workers that are done with a rendition that some factory still takes from them. */
  finishing: ReadonlyMap<string, readonly string[]>;
  /** The autoscaler's least workers. */
  minimum: number;
}

export function planPool(pool: Pool, evidence: PoolEvidence): PoolPlan {
  const { workers, demand, record, isLive } = evidence;
  const { replicas, autoscaling, standbyPercent } = pool.spec;
  const size = sizePool(
    workers.map((worker) => describeSize(worker, record)),
    replicas,
  );
  const staying = workers.filter(({ index }) => size.staying.includes(index));
  const previous = recallPlacements(workers, record);
  const upgrade = planUpgrade(workers, size.staying, evidence);
  const leaving = new Set([
    ...size.leaving,
    ...upgrade.emptying,
    ...staying.filter(({ isCordoned }) => isCordoned).map(({ index }) => index),
  ]);
  const isFeedUp = evidence.isSettled && workers.some(({ isHeard }) => isHeard);
  // A pod that is about to be replaced takes nothing new, nor one of which nobody knows whether it is there at all.
  const takesNew = ({ isReady, isRollingOut, isHeard }: ObservedWorker) =>
    isReady && !isRollingOut && (isHeard || !isFeedUp);
  const lingering = listLingering(workers, evidence.isTaken);
  const placement = placeRenditions({
    workers: workers
      .filter(({ index, isLost }) => !isLost && !size.removed.includes(index))
      .map((worker) => describeWorker(pool, worker, { takesNew, leaving })),
    renditions: demand,
    previous,
    isLive,
    lingering,
    standbyShare: standbyPercent / 100,
    targetUse: autoscaling.cpuPercent / 100,
    areCostsKnown: evidence.isSettled,
  });
  return {
    size,
    placement,
    record: { renditions: remember(demand, placement), leaving: size.leaving },
    upgrade,
    leaving,
    finishing: listFinishing(lingering, new Set(demand.map(({ key }) => key)), placement.placements),
    minimum: decidePoolMinimum(pool, {
      ...{ workers, demand, size, placement },
      inForce: evidence.minimumInForce,
      areCostsKnown: evidence.isSettled,
    }),
  };
}

function describeSize(worker: ObservedWorker, record: PlacementRecord) {
  const { index, isReady, isCordoned, node } = worker;
  return {
    index,
    isReady,
    isCordoned,
    node,
    isLeaving: record.leaving.includes(index),
    // One that is lost has nothing to be moved.
    renditions: worker.isLost ? 0 : listEncoded(worker).length,
    standby: listWork(worker).standby.length,
  };
}

function describeWorker(
  pool: Pool,
  worker: ObservedWorker,
  { takesNew, leaving }: { takesNew(worker: ObservedWorker): boolean; leaving: ReadonlySet<number> },
): PoolWorker {
  const { name, node, zone } = worker;
  const { hardware } = pool.spec;
  return {
    name,
    isReady: takesNew(worker),
    isLeaving: leaving.has(worker.index),
    ...workerSizeOf(pool.spec),
    ...(node === undefined ? {} : { node }),
    ...(zone === undefined ? {} : { zone }),
    ...(hardware && { hardware: hardware.encoder }),
  };
}

function remember(
  demand: readonly RenditionDemand[],
  { placements, waiting }: PlacementPlan,
): Map<string, KeptRendition> {
  const reasons = new Map(waiting.map(({ key, reason }) => [key, reason]));
  return new Map(
    demand.map(({ key, sinceMs }) => {
      const [placement, reason] = [placements.get(key), reasons.get(key)];
      return [key, { sinceMs, ...(placement && { placement }), ...(reason && { waiting: reason }) }];
    }),
  );
}
