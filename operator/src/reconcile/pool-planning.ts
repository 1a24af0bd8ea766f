/** What a pool is to be: what is seen of it and asked of it, put into the pure plan. */
import { needsApply } from '../diff/needs-apply.ts';
import type { PoolPlanning } from '../render/compressor-pool.ts';
import type { MediaTier } from '../render/media-tier.ts';
import { deriveReader, type ReaderKeys } from '../render/tier-reader.ts';
import { renderWorkerDeployment } from '../render/worker-objects.ts';
import { listWorkerReaders } from '../render/worker-readers.ts';
import { keepEncodings } from '../topology/kept-encoding.ts';
import { listWorkers } from '../topology/placement/pool.ts';
import { describeDemand, listPoolRenditions, type PoolRendition } from '../topology/pool-demand.ts';
import { type PoolPlan, planPool } from '../topology/pool-plan.ts';
import type { CarriedSite } from '../topology/relay-layout.ts';
import type { Pool } from '../topology/tiers.ts';
import type { Absences } from './absences.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { HeardRenditions } from './heard-renditions.ts';
import { describePods } from './media-tier.ts';
import { observeWorkers } from './observed-pool.ts';

export interface PoolWork {
  context: ReconcileContext;
  view: ClusterView;
  absences: Absences;
  pool: Pool;
  tier: MediaTier;
  /** That the pool encodes for. */
  sites: readonly CarriedSite[];
}

export interface PlannedPool {
  plan: PoolPlan;
  renditions: readonly PoolRendition[];
}

export function observeAndPlan(
  { context, view, absences, pool, tier, sites }: PoolWork,
  hasPlace: boolean,
): PlannedPool {
  const record = view.readPlacements(pool);
  const settings = describePods(context.settings);
  const workers = observeWorkers(context, pool, absences, (index, live) => {
    return needsApply(renderWorkerDeployment({ pool, tier, index }, settings), live);
  });
  const renditions = keepEncodings(listPoolRenditions(sites), pool, workers);
  const heard = new HeardRenditions(context, pool, renditions);
  const demand = describeDemand(pool, renditions, record, {
    findUse: ({ path }) => {
      const placement = record.renditions.get(path)?.placement;
      return placement && heard.findUse(path, listWorkers(placement));
    },
    findZone: (rendition) => heard.findZone(rendition),
    nowMs: context.nowMs(),
  });
  const plan = planPool(pool, {
    workers,
    demand,
    record,
    isLive: (path, worker) => heard.isLive(path, worker),
    isTaken: (path, worker) => heard.isTaken(path, worker),
    isSettled: context.isSettled(),
    hasPlace,
    minimumInForce: context.caches.HorizontalPodAutoscaler.get(pool.namespace, tier.prefix)?.spec
      ?.minReplicas,
  });
  return { plan, renditions };
}

/** The plan as it is to be rendered. */
export function describePlanning(
  { pool, sites }: Pick<PoolWork, 'pool' | 'sites'>,
  { plan, renditions }: PlannedPool,
  keys: ReaderKeys,
): PoolPlanning {
  const consumer = { ...pool, kind: 'CompressorPool' } as const;
  return {
    pool,
    size: plan.size,
    record: plan.record,
    minimum: plan.minimum,
    credential: deriveReader(keys.current, consumer, consumer),
    readers: listWorkerReaders(pool, sites, keys),
    renditions: renditions.map(({ rendition, factory, originalLegs }) => {
      const credential = deriveReader(keys.current, { ...factory, kind: 'CameraFactory' }, consumer);
      const placement = plan.placement.placements.get(rendition.path) ?? { active: [], leaving: [] };
      const finishing = plan.finishing.get(rendition.path);
      return {
        rendition,
        originalLegs: originalLegs.map((leg) => ({ ...leg, credential })),
        placement,
        ...(finishing && { finishing }),
      };
    }),
  };
}
