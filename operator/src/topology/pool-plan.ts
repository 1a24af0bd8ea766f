/**
 * One plan of a pool: which workers there are, which of them are being emptied, and who encodes what. Made from what the
 * pool remembers and what is live, so that nothing moves without need.
 */
import { listWork, type ObservedWorker } from './observed-worker.ts';
import { decideMinimum } from './placement/decide-minimum.ts';
import { placeRenditions } from './placement/place-renditions.ts';
import type { KeptRendition, PlacementRecord } from './placement/placement-record.ts';
import {
  listWorkers,
  type Placement,
  type PlacementPlan,
  type PoolWorker,
  type RenditionDemand,
} from './placement/pool.ts';
import { type PoolSize, sizePool } from './placement/size-pool.ts';
import { workerSizeOf } from './pool-size.ts';
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
  const upgrade = planUpgrade(workers, ({ index }) => size.staying.includes(index));
  const leaving = new Set([
    ...size.leaving,
    ...upgrade.emptying,
    ...staying.filter(({ isCordoned }) => isCordoned).map(({ index }) => index),
  ]);
  const standbyShare = standbyPercent / 100;
  const placement = placeRenditions({
    workers: workers
      .filter(({ index, isLost }) => !isLost && !size.removed.includes(index))
      .map((worker) => describeWorker(pool, worker, leaving.has(worker.index))),
    renditions: demand,
    previous,
    isLive,
    standbyShare,
    targetUse: autoscaling.cpuPercent / 100,
    areCostsKnown: evidence.isSettled,
  });
  return {
    size,
    placement,
    record: { renditions: remember(demand, placement), leaving: size.leaving },
    upgrade,
    leaving,
    finishing: listFinishing(evidence, placement),
    minimum: decideMinimum({
      renditions: demand.filter(({ hardware }) => suits(hardware, pool)),
      size: workerSizeOf(pool.spec),
      bounds: { ...autoscaling, standbyShare },
      inForce: evidence.minimumInForce,
      areCostsKnown: evidence.isSettled,
      lacksRoom: lacksRoom(placement) && areAllUp(staying, size),
      workers: staying.length,
    }),
  };
}

/** What the pool has lost the memory of is what its workers' plans say: somebody has deleted its Secret. */
function recallPlacements(
  workers: readonly ObservedWorker[],
  record: PlacementRecord,
): Map<string, Placement> {
  const placements = new Map<string, Placement>();
  for (const [path, { placement }] of record.renditions) if (placement) placements.set(path, placement);
  for (const worker of workers) {
    const { encoded, standby } = listWork(worker);
    const forgotten = (path: string) => !record.renditions.has(path);
    for (const path of encoded.filter(forgotten)) {
      const { active = [], ...others } = placements.get(path) ?? {};
      placements.set(path, { leaving: [], ...others, active: [...active, worker.name] });
    }
    for (const path of standby.filter(forgotten)) {
      placements.set(path, { active: [], leaving: [], ...placements.get(path), standby: worker.name });
    }
  }
  return placements;
}

function describeSize(worker: ObservedWorker, record: PlacementRecord) {
  const { index, isReady, isCordoned } = worker;
  const { encoded, standby } = listWork(worker);
  return {
    index,
    isReady,
    isCordoned,
    isLeaving: record.leaving.includes(index),
    // One that is lost has nothing to be moved.
    renditions: worker.isLost ? 0 : encoded.length,
    standby: standby.length,
  };
}

function describeWorker(pool: Pool, worker: ObservedWorker, isLeaving: boolean): PoolWorker {
  const { name, node, zone } = worker;
  const { hardware } = pool.spec;
  return {
    name,
    // A pod that is about to be replaced takes nothing new.
    isReady: worker.isReady && !worker.isRollingOut,
    isLeaving,
    ...workerSizeOf(pool.spec),
    ...(node === undefined ? {} : { node }),
    ...(zone === undefined ? {} : { zone }),
    ...(hardware && { hardware: hardware.encoder }),
  };
}

function suits(hardware: RenditionDemand['hardware'], { spec }: Pool): boolean {
  return hardware === undefined || hardware === spec.hardware?.encoder;
}

function lacksRoom({ waiting, stranded }: PlacementPlan): boolean {
  return stranded.length > 0 || waiting.some(({ reason }) => reason === 'NoRoom');
}

/** One that is about to be is room to come. */
function areAllUp(staying: readonly ObservedWorker[], size: PoolSize): boolean {
  const up = staying.filter(({ isReady, isRollingOut }) => isReady && !isRollingOut);
  return up.length === size.staying.length;
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

/** A worker goes on with what it has until those who show it have let go of it: what is moved is not missed. */
function listFinishing(
  { workers, demand, isTaken }: PoolEvidence,
  { placements }: PlacementPlan,
): Map<string, string[]> {
  const wanted = new Set(demand.map(({ key }) => key));
  const finishing = new Map<string, string[]>();
  for (const worker of workers) {
    if (worker.isLost) continue;
    for (const path of listWork(worker).encoded) {
      const placement = placements.get(path);
      const isPlaced = placement !== undefined && listWorkers(placement).includes(worker.name);
      if (isPlaced || !wanted.has(path) || !isTaken(path, worker.name)) continue;
      finishing.set(path, [...(finishing.get(path) ?? []), worker.name]);
    }
  }
  return finishing;
}
