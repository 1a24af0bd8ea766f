import { SIDES } from '../api/labels.ts';
import type { Camera } from '../api/site.ts';
import type { ObservedCamera } from '../status/site-status.ts';
import type { Endpoint } from '../topology/observed-shard.ts';
import { originalPath } from '../topology/stream-paths.ts';
import type { Site } from '../topology/tiers.ts';
import type { CarryingTier } from './carrying-tier.ts';

/** The tiers of a Site, as far as there are any. */
export interface SiteTiers {
  factory: CarryingTier | undefined;
  /** Undefined also where the Site asks for one that there is not. */
  relay: CarryingTier | undefined;
}

/** A camera on its way: `waitsFor` the tier that has yet to place it, or whose agents have yet to take it. */
export interface CameraProgress {
  camera: Camera;
  observed?: Omit<ObservedCamera, 'renditions'>;
  waitsFor?: { tier: CarryingTier; step: 'place' | 'accept' };
}

/** `wasReady`: the Site was, with this same spec; where no agent can be asked, it still is. */
export function observeCamera(
  site: Site,
  camera: Camera,
  tiers: SiteTiers,
  wasReady: boolean,
): CameraProgress {
  const { factory, relay } = tiers;
  const path = originalPath(site.namespace, site.name, camera.name);
  const shard = factory?.findShard(path);
  if (factory === undefined) return { camera };
  if (shard === undefined) return { camera, waitsFor: { tier: factory, step: 'place' } };
  const relayShard = relay?.findShard(path);
  const observed = describe(site, camera, { path, shard, relayShard }, { factory, relay });
  const isUnaccepted = (tier: CarryingTier, at: number) => !(tier.isAccepted(at, path) ?? wasReady);
  if (relay !== undefined && relayShard === undefined) {
    return { camera, observed, waitsFor: { tier: relay, step: 'place' } };
  }
  if (isUnaccepted(factory, shard)) return { camera, observed, waitsFor: { tier: factory, step: 'accept' } };
  if (relay !== undefined && relayShard !== undefined && isUnaccepted(relay, relayShard)) {
    return { camera, observed, waitsFor: { tier: relay, step: 'accept' } };
  }
  return { camera, observed };
}

interface Place {
  path: string;
  shard: number;
  relayShard: number | undefined;
}

function describe(
  site: Site,
  camera: Camera,
  { path, shard, relayShard }: Place,
  { factory, relay }: { factory: CarryingTier; relay: CarryingTier | undefined },
): Omit<ObservedCamera, 'renditions'> {
  const isRelayed = site.spec.relayRef !== undefined;
  const viewerTier = isRelayed ? relay : factory;
  const viewerShard = isRelayed ? relayShard : shard;
  const isPlaced = viewerTier !== undefined && viewerShard !== undefined;
  const served = isPlaced ? viewerTier.hearActive(viewerShard, path) : { online: false };
  const viewers = isPlaced ? viewerTier.findActiveEndpoint(viewerShard) : undefined;
  return {
    camera,
    path,
    shard,
    evidence: {
      primary: factory.hear(shard, 'primary', path)?.online,
      backup: factory.hear(shard, 'backup', path)?.online,
      isServed: served?.online,
      isSingle: (camera.push ?? camera.pull)?.sides === 'Active',
    },
    ...(viewers === undefined ? {} : { viewers }),
    publish: listPublishEndpoints(camera.push, factory, shard),
  };
}

/** Where the camera pushes: both sides by name, or the active one. */
export function listPublishEndpoints(
  push: Pick<NonNullable<Camera['push']>, 'sides'> | undefined,
  factory: CarryingTier,
  shard: number,
): Record<string, Endpoint> {
  if (push === undefined) return {};
  const endpoints =
    push.sides === 'Active'
      ? [['active', factory.findActiveEndpoint(shard)] as const]
      : SIDES.map((side) => [side, factory.findSideEndpoint(shard, side)] as const);
  return Object.fromEntries(
    endpoints.flatMap(([side, endpoint]) => (endpoint === undefined ? [] : [[side, endpoint]])),
  );
}
