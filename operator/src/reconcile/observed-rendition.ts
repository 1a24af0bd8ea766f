/** What is said of a Site's renditions: by its pool, its tiers and the agents. */
import type { EncoderState } from '@cupola/protocol';
import { SIDES } from '../api/labels.ts';
import type { Camera } from '../api/site.ts';
import type { ObservedRendition } from '../status/site-status.ts';
import { qualify } from '../topology/names.ts';
import type { PlacementRecord } from '../topology/placement/placement-record.ts';
import { listWorkers } from '../topology/placement/pool.ts';
import { findMissingHardware } from '../topology/rendition-hardware.ts';
import { listRenditionsOfCamera, type Rendition } from '../topology/renditions.ts';
import type { Pool, Site } from '../topology/tiers.ts';
import type { ReconcileContext } from './context.ts';
import { listPublishEndpoints, type SiteTiers } from './observed-camera.ts';

/** The pool that encodes for a Site, with what it remembers. */
export interface SitePool {
  pool: Pool;
  record: PlacementRecord;
}

export function observeRenditions(
  context: Pick<ReconcileContext, 'states'>,
  site: Site,
  camera: Camera,
  tiers: SiteTiers,
  pool: SitePool | undefined,
): ObservedRendition[] {
  return listRenditionsOfCamera(site, camera).map((rendition) => {
    const { name, path } = rendition;
    const workers = listWorkersOf(path, pool);
    const waiting = pool?.record.renditions.get(path)?.waiting;
    const encoders = listEncoders(context, site, rendition, tiers, pool);
    const failure = findFailure(site, rendition, encoders, pool);
    const isElsewhere = rendition.from === 'encoder' && site.spec.topology === 'ThreeTier';
    // What an edit made impossible goes on as it was.
    const isPlanned = failure === undefined || tiers.factory?.findShard(path) !== undefined;
    const isPlaced = isElsewhere ? workers.length > 0 : isPlanned || rendition.from === 'camera';
    const evidence = {
      ...hear(site, rendition, tiers),
      isPlaced,
      ...(waiting && { waiting }),
      ...(failure === undefined ? {} : { failure }),
      isTooSlow: encoders.some(({ tooSlow }) => tooSlow),
    };
    const viewers = findViewers(site, path, tiers);
    const shard = tiers.factory?.findShard(rendition.original);
    const isPushed = rendition.from === 'camera' && rendition.stream.push !== undefined;
    const publish =
      isPushed && tiers.factory !== undefined && shard !== undefined
        ? listPublishEndpoints(camera.push ?? { sides: 'Both' }, tiers.factory, shard)
        : {};
    return {
      name,
      path,
      workers,
      evidence,
      isEncoded: rendition.from === 'encoder',
      publish,
      ...(viewers === undefined ? {} : { viewers }),
    };
  });
}

function listWorkersOf(path: string, pool: SitePool | undefined): string[] {
  const placement = pool?.record.renditions.get(path)?.placement;
  return placement === undefined ? [] : listWorkers(placement);
}

function hear(site: Site, { original, path, from }: Rendition, { factory, relay }: SiteTiers) {
  const source = from === 'camera' ? path : original;
  const shard = factory?.findShard(source);
  const heard = SIDES.map((side) =>
    factory === undefined || shard === undefined ? undefined : factory.hear(shard, side, source)?.online,
  );
  const tier = site.spec.relayRef === undefined ? factory : relay;
  const viewerShard = tier?.findShard(path);
  const isSourceOnline = heard.includes(true) ? true : heard.includes(undefined) ? undefined : false;
  const isServed =
    tier === undefined || viewerShard === undefined ? false : tier.hearActive(viewerShard, path)?.online;
  return { isSourceOnline, isServed };
}

function findViewers(site: Site, path: string, { factory, relay }: SiteTiers) {
  const tier = site.spec.relayRef === undefined ? factory : relay;
  const shard = tier?.findShard(path);
  return tier === undefined || shard === undefined ? undefined : tier.findActiveEndpoint(shard);
}

/** What its encoders say of themselves, wherever they are. */
function listEncoders(
  { states }: Pick<ReconcileContext, 'states'>,
  site: Site,
  { path }: Rendition,
  { factory }: SiteTiers,
  pool: SitePool | undefined,
): EncoderState[] {
  const shard = factory?.findShard(path);
  const isHere = site.spec.topology === 'AllInOne' && factory !== undefined && shard !== undefined;
  const elsewhere = listWorkersOf(path, pool).map((name) => qualify(pool?.pool.namespace ?? '', name));
  return [...(isHere ? factory.listWorkloads(shard) : []), ...elsewhere].flatMap((workload) => {
    return states.get(workload)?.paths.get(path)?.encoder ?? [];
  });
}

/** What nobody can encode, or all who try fail with. */
function findFailure(
  site: Site,
  rendition: Rendition,
  encoders: readonly EncoderState[],
  pool: SitePool | undefined,
): string | undefined {
  if (rendition.from === 'camera') return undefined;
  const missing = findMissingHardware(site, rendition, pool?.pool);
  if (missing !== undefined) return missing;
  // A standby that is not wanted says nothing.
  const trying = encoders.filter(({ state }) => state !== 'idle');
  if (trying.length === 0 || trying.some(({ state }) => state !== 'stalled')) return undefined;
  const [first] = trying;
  return first?.error === undefined ? 'Its encoder fails' : `${first.error.cause}: ${first.error.message}`;
}
