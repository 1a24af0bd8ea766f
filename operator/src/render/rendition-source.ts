/** Where a rendition comes from, as its factory's plan says it. */
import type { Leg, PlannedPath, Source } from '@cupola/protocol';
import { compressorPoolTemplateSchema } from '../api/compressor-pool.ts';
import type { Side } from '../api/labels.ts';
import { SIDES } from '../api/labels.ts';
import type { PlacedCamera } from '../topology/factory-layout.ts';
import { listFactoryLegs } from '../topology/factory-legs.ts';
import { listWorkers, type Placement } from '../topology/placement/pool.ts';
import type { EncodedRendition, Rendition } from '../topology/renditions.ts';
import type { Factory, Pool } from '../topology/tiers.ts';
import { resolveOwnStream } from './camera-source.ts';
import { deriveReader } from './tier-reader.ts';
import type { TierSurroundings } from './tier-rendering.ts';
import { listRenditionLegs } from './worker-plan.ts';

/** The pool that encodes for a Site, and where it has placed what, by path. */
export interface EncodingPool {
  pool: Pool;
  findPlacement(path: string): Placement | undefined;
}

export interface RenditionPlace {
  factory: Factory;
  /** Of the factory: where the camera is. */
  shard: number;
  side: Side;
  placed: PlacedCamera;
  /** Undefined where there is none that may be used. */
  pool: EncodingPool | undefined;
  /** As in the plan in force. */
  last: PlannedPath | undefined;
}

/** In an all-in-one pod; a pool says it itself. */
const MEMORY_MIB = compressorPoolTemplateSchema.parse({}).renditionMemoryMiB;

/** Nothing while there is nothing that it could come from. */
export function planRendition(
  rendition: Rendition,
  place: RenditionPlace,
  around: Pick<TierSurroundings, 'secrets' | 'readerKeys'>,
): PlannedPath[] {
  const source = findSource(rendition, place, around);
  return source === undefined ? [] : [{ path: rendition.path, source }];
}

function findSource(
  rendition: Rendition,
  place: RenditionPlace,
  around: Pick<TierSurroundings, 'secrets' | 'readerKeys'>,
): Source | undefined {
  const { placed, last } = place;
  if (rendition.from === 'camera') {
    return resolveOwnStream(placed, rendition.name, rendition.stream, around.secrets, last?.source).source;
  }
  // An edit to something that cannot work takes nothing down.
  const kept = last?.source;
  if (placed.site.spec.topology === 'AllInOne') {
    return encodeHere(rendition) ?? (kept?.from === 'transcode' ? kept : undefined);
  }
  const legs = listLegs(rendition, place, around.readerKeys.current);
  if (legs.length > 0) return { from: 'legs', legs };
  // Who reads it stays attached for a while, should it be encoded again in a moment.
  return kept?.from === 'legs' ? kept : undefined;
}

/** Each side for itself: what viewers get from one does not need the other. No pod of a factory asks for a GPU. */
function encodeHere({ original, encoding }: EncodedRendition): Source | undefined {
  if (encoding.video.hardware !== undefined) return undefined;
  return { from: 'transcode', input: original, encoding, memoryMiB: MEMORY_MIB };
}

function listLegs(rendition: EncodedRendition, place: RenditionPlace, key: string): Leg[] {
  const { factory, shard, side, pool } = place;
  const consumer = { ...factory, kind: 'CameraFactory' } as const;
  const placement = pool?.findPlacement(rendition.path);
  if (pool !== undefined && placement !== undefined && listWorkers(placement).length > 0) {
    const { namespace } = pool.pool;
    const credential = deriveReader(key, { ...pool.pool, kind: 'CompressorPool' }, consumer);
    return listRenditionLegs(namespace, rendition.path, placement, credential);
  }
  if (rendition.fallback === 'None') return [];
  const own = listFactoryLegs(factory, shard, rendition.original)[SIDES.indexOf(side)];
  return own === undefined
    ? []
    : [{ ...own, id: 'original', credential: deriveReader(key, consumer, consumer) }];
}
