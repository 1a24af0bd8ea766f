/** What a pool is asked to encode, and what that will cost: the renditions of its Sites whose originals are to be had. */
import { estimateCost } from './encoding-cost.ts';
import { listFactoryLegs, type TierLeg } from './factory-legs.ts';
import { calibrateEstimates, correctCost } from './observed-cost.ts';
import type { PlacementRecord } from './placement/placement-record.ts';
import type { RenditionDemand } from './placement/pool.ts';
import type { CarriedSite } from './relay-layout.ts';
import { type EncodedRendition, listRenditions } from './renditions.ts';
import type { Factory, Pool } from './tiers.ts';

/** A rendition that the pool is to encode, and where its original is. */
export interface PoolRendition {
  rendition: EncodedRendition;
  factory: Factory;
  /** Of the factory. */
  shard: number;
  originalLegs: TierLeg[];
}

/** A camera that its factory has yet to take is left out: it comes with the factory's plan. */
export function listPoolRenditions(sites: readonly CarriedSite[]): PoolRendition[] {
  return sites.flatMap(({ site, factory, findShard }) => {
    return listRenditions(site).flatMap((rendition) => {
      const shard = findShard(rendition.original);
      if (rendition.from !== 'encoder' || shard === undefined) return [];
      const originalLegs = listFactoryLegs(factory, shard, rendition.original);
      return [{ rendition, factory, shard, originalLegs }];
    });
  });
}

export interface DemandObservation {
  /** Cores that the rendition's encoder is seen to use, where one runs. */
  findUse(rendition: EncodedRendition): number | undefined;
  /** The zone of the nodes that its original comes from. */
  findZone(rendition: PoolRendition): string | undefined;
  nowMs: number;
}

export function describeDemand(
  pool: Pool,
  renditions: readonly PoolRendition[],
  record: PlacementRecord,
  { findUse, findZone, nowMs }: DemandObservation,
): RenditionDemand[] {
  const known = renditions.map((each) => {
    const { encoding } = each.rendition;
    return { ...each, cost: estimateCost(encoding), usedCores: findUse(each.rendition) };
  });
  const calibration = calibrateEstimates(
    known.flatMap(({ cost, usedCores }) =>
      usedCores === undefined ? [] : [{ estimatedCores: cost.cores, usedCores }],
    ),
  );
  return known.map(({ cost, usedCores, ...each }) => {
    const { path, redundancy, priority, encoding } = each.rendition;
    const { hardware } = encoding.video;
    const zone = findZone(each);
    return {
      key: path,
      redundancy: redundancy ?? pool.spec.redundancy,
      priority,
      sinceMs: record.renditions.get(path)?.sinceMs ?? nowMs,
      cores: correctCost(cost.cores, usedCores, calibration),
      networkBps: cost.networkBps,
      ...(hardware && { hardware }),
      ...(zone === undefined ? {} : { zone }),
    };
  });
}
