import type { PlannedPath, Reader } from '@cupola/protocol';
import { SIDES, type Side } from '../api/labels.ts';
import type { FactoryLayout, PlacedCamera } from '../topology/factory-layout.ts';
import { sitePaths } from '../topology/stream-paths.ts';
import type { Factory, Relay, Site } from '../topology/tiers.ts';
import { resolveSource } from './camera-source.ts';
import { describeTier } from './media-tier.ts';
import { renderPlanSecret } from './plan-secret.ts';
import { renderServiceAccount } from './service-account.ts';
import { renderShardObjects } from './shard-objects.ts';
import { deriveReader, type ReaderKeys } from './tier-reader.ts';
import type { TierRendering, TierSurroundings } from './tier-rendering.ts';
import { resolveViewers } from './viewer-readers.ts';

export interface FactoryPlanning {
  factory: Factory;
  layout: FactoryLayout;
  /** The relays that collect a Site's streams. */
  findRelays(site: Site): readonly Relay[];
}

/** All objects of a factory. What is wrong with a camera is its Site's problem, and reported there. */
export function renderCameraFactory(planning: FactoryPlanning, around: TierSurroundings): TierRendering {
  const { factory, layout } = planning;
  const tier = describeTier('CameraFactory', factory);
  const viewers = resolveViewers(tier, factory.spec.viewers, around.secrets);
  const rendering: TierRendering = {
    objects: [renderServiceAccount(tier)],
    streams: [],
    problems: viewers.problems,
  };
  for (const [shard, cameras] of layout.shards.entries()) {
    const observed = around.observeShard(shard);
    const readers = [...listTierReaders(planning, cameras, around.readerKeys), ...viewers.readers];
    for (const side of SIDES) {
      const live = observed.sides[side].plan;
      const paths = cameras
        .filter((placed) => servesCamera(placed, side, observed.activeSide))
        .flatMap((placed) => planCamera(placed, around, findLast(placed.path)));
      const content = { paths, readers, openToReaders: viewers.openToReaders };
      const { secret, problem } = renderPlanSecret({ tier, shard, side }, content, live, around.planWriting);
      rendering.objects.push(secret);
      if (problem !== undefined && side === 'primary') rendering.problems.push(problem);
    }
    rendering.streams.push(cameras.length);
    rendering.objects.push(...renderShardObjects(tier, shard, observed, around.settings));

    function findLast(path: string): PlannedPath | undefined {
      return observed.sides.primary.plan?.paths.get(path) ?? observed.sides.backup.plan?.paths.get(path);
    }
  }
  return rendering;
}

/** A camera that allows one session is pulled by the active side alone; who may push once may do so anywhere. */
function servesCamera({ camera }: PlacedCamera, side: Side, activeSide: Side): boolean {
  return camera.pull?.sides !== 'Active' || side === activeSide;
}

function planCamera(
  placed: PlacedCamera,
  around: TierSurroundings,
  last: PlannedPath | undefined,
): PlannedPath[] {
  const { source } = resolveSource(placed, around.secrets, last?.source);
  return source === undefined ? [] : [{ path: placed.path, source }];
}

/** Each relay may read the Sites that it collects from this shard, with the current key and the previous one. */
function listTierReaders(
  { factory, findRelays }: FactoryPlanning,
  cameras: readonly PlacedCamera[],
  keys: ReaderKeys,
): Reader[] {
  const collected = new Map<string, { relay: Relay; paths: string[] }>();
  for (const site of new Set(cameras.map((placed) => placed.site))) {
    for (const relay of findRelays(site)) {
      const key = `${relay.namespace}/${relay.name}`;
      const entry = collected.get(key) ?? { relay, paths: [] };
      entry.paths.push(sitePaths(site.namespace, site.name));
      collected.set(key, entry);
    }
  }
  const current = keys.previous === undefined ? [keys.current] : [keys.current, keys.previous];
  return [...collected.keys()].sort().flatMap((key) => {
    const entry = collected.get(key);
    if (entry === undefined) return [];
    const { relay, paths } = entry;
    return current.map((root) => ({
      credential: deriveReader(root, factory, relay),
      paths: paths.toSorted(),
    }));
  });
}
