import type { Camera } from '../api/site.ts';
import { distributeToShards } from './sticky-shards.ts';
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
  // What has no place is its Site's to say.
  const { shards } = distributeToShards(cameras, previous, factory.spec.camerasPerShard);
  return { shards };
}
