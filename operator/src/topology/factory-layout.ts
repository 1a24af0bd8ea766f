import type { Camera } from '../api/site.ts';
import { assignToShards } from './sticky-shards.ts';
import { originalPath } from './stream-paths.ts';
import type { Factory, Site } from './tiers.ts';

export interface PlacedCamera {
  site: Site;
  camera: Camera;
  path: string;
}

export interface FactoryLayout {
  /** At least one, in the order of their numbers; cameras in the order of their paths. */
  shards: PlacedCamera[][];
  unplaced: PlacedCamera[];
}

/** Which shard takes which camera; `previous` is read back from the plans. */
export function layOutFactory(
  factory: Factory,
  sites: readonly Site[],
  previous: ReadonlyMap<string, number>,
): FactoryLayout {
  const cameras = new Map<string, PlacedCamera>();
  for (const site of sites) {
    for (const camera of site.spec.cameras) {
      const path = originalPath(site.namespace, site.name, camera.name);
      cameras.set(path, { site, camera, path });
    }
  }
  const assignment = assignToShards(cameras.keys(), previous, factory.spec.camerasPerShard);
  const layout: FactoryLayout = {
    shards: Array.from({ length: assignment.shardCount }, () => []),
    unplaced: [],
  };
  for (const path of [...cameras.keys()].sort()) {
    const camera = cameras.get(path);
    const shard = assignment.shardOf.get(path);
    if (camera !== undefined) (layout.shards[shard ?? -1] ?? layout.unplaced).push(camera);
  }
  return layout;
}
