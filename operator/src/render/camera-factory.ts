import type { PlannedPath, Reader } from '@cupola/protocol';
import { SIDES, type Side } from '../api/labels.ts';
import type { FactoryLayout, PlacedCamera } from '../topology/factory-layout.ts';
import { listRenditions, listRenditionsOfCamera, type Rendition } from '../topology/renditions.ts';
import { sitePaths, siteRenditions } from '../topology/stream-paths.ts';
import type { Factory, Relay, Site } from '../topology/tiers.ts';
import { resolveSource } from './camera-source.ts';
import { describeTier } from './media-tier.ts';
import { narrowReaders } from './narrow-readers.ts';
import { nameOtherSide } from './other-side.ts';
import { renderPlanSecret } from './plan-secret.ts';
import { type EncodingPool, planRendition } from './rendition-source.ts';
import { renderServiceAccount } from './service-account.ts';
import { renderShardObjects } from './shard-objects.ts';
import { listReaderCredentials, type NamedTier, type ReaderKeys } from './tier-reader.ts';
import type { TierRendering, TierSurroundings } from './tier-rendering.ts';
import { resolveViewers } from './viewer-readers.ts';

export interface FactoryPlanning {
  factory: Factory;
  layout: FactoryLayout;
  /** The relays that collect a Site's streams. */
  findRelays(site: Site): readonly Relay[];
  /** The pool that encodes for a Site. */
  findPool(site: Site): EncodingPool | undefined;
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
      const paths = cameras.flatMap((placed) => {
        const isServed = servesCamera(placed, side, observed.activeSide);
        const planned = [
          ...(isServed ? planCamera(placed, around, findLast(placed.path)) : []),
          ...listRenditionsOfCamera(placed.site, placed.camera)
            .filter((rendition) => isServed || comesAnyhow(rendition, placed))
            .flatMap((rendition) => {
              const pool = planning.findPool(placed.site);
              const last = findLast(rendition.path);
              return planRendition(rendition, { factory, shard, side, placed, pool, last }, around);
            }),
        ];
        return planned.map((each) => nameOtherSide(each, placed.camera, { factory, shard, side }));
      });
      const content = { paths, readers: narrowReaders(readers, paths), openToReaders: viewers.openToReaders };
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

/** Whether a side has it though the other one has the camera: it is read from workers, or pushed. */
function comesAnyhow(rendition: Rendition, { site }: PlacedCamera): boolean {
  return rendition.from === 'camera'
    ? rendition.stream.push !== undefined
    : site.spec.topology === 'ThreeTier';
}

/**
 * Each relay may read the Sites that it collects from this shard, their renditions too, and each pool the originals of
 * those that it encodes for; a shard that shows an original in place of a rendition reads from itself.
 */
function listTierReaders(
  { factory, findRelays, findPool }: FactoryPlanning,
  cameras: readonly PlacedCamera[],
  keys: ReaderKeys,
): Reader[] {
  const producer: NamedTier = { ...factory, kind: 'CameraFactory' };
  const readers = new Map<string, { consumer: NamedTier; paths: string[] }>();
  const admit = (consumer: NamedTier, ...paths: string[]) => {
    const key = `${consumer.kind}/${consumer.namespace}/${consumer.name}`;
    const entry = readers.get(key) ?? { consumer, paths: [] };
    entry.paths.push(...paths);
    readers.set(key, entry);
  };
  for (const site of new Set(cameras.map((placed) => placed.site))) {
    const originals = sitePaths(site.namespace, site.name);
    const renditions = listRenditions(site);
    for (const relay of findRelays(site)) {
      admit({ ...relay, kind: 'MasterRelay' }, originals, siteRenditions(site.namespace, site.name));
    }
    const pool = findPool(site)?.pool;
    if (pool !== undefined) admit({ ...pool, kind: 'CompressorPool' }, originals);
    if (renditions.some(({ fallback }) => fallback === 'Original')) admit(producer, originals);
  }
  return [...readers.keys()].sort().flatMap((key) => {
    const entry = readers.get(key);
    if (entry === undefined) return [];
    return listReaderCredentials(keys, producer, entry.consumer).map((credential) => ({
      credential,
      paths: entry.paths.toSorted(),
    }));
  });
}
