import type { CameraFactoryObject } from '../kube/caches.ts';
import type { ReconcileHandler } from '../kube/handlers.ts';
import { renderCameraFactory } from '../render/camera-factory.ts';
import type { EncodingPool } from '../render/rendition-source.ts';
import { layOutFactory } from '../topology/factory-layout.ts';
import { listSitesOfFactory } from '../topology/membership.ts';
import { tierPrefix } from '../topology/names.ts';
import { readAssignment } from '../topology/plan-record.ts';
import type { Factory, Relay, Site } from '../topology/tiers.ts';
import { announceShards, announceStalled } from './announce.ts';
import { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { reportInvalid } from './invalid-spec.ts';
import { convergeTier } from './media-tier.ts';
import { listPlans } from './observed-tiers.ts';
import { parseFactory } from './parse.ts';

/** CameraFactory: the cameras of its Sites -> shards -> plans, pods, Services. */
export function createFactoryHandler(context: ReconcileContext): ReconcileHandler {
  const view = new ClusterView(context.caches);
  return async ({ namespace, name }) => {
    const object = context.caches.CameraFactory.get(namespace, name);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
    const parsed = parseFactory(object);
    if ('problem' in parsed) return await reportInvalid(context, object, parsed.problem);
    return await reconcileFactory(context, view, object, parsed.value);
  };
}

async function reconcileFactory(
  context: ReconcileContext,
  view: ClusterView,
  object: CameraFactoryObject,
  factory: Factory,
): ReturnType<ReconcileHandler> {
  const sites = listSitesOfFactory(factory, view.listSites(), view);
  const tierName = { namespace: factory.namespace, prefix: tierPrefix('CameraFactory', factory.name) };
  const layout = layOutFactory(factory, sites, readAssignment(listPlans(context.caches, tierName)));
  const findRelays = (site: Site): Relay[] =>
    [view.findServingRelay(site)].filter((relay) => relay !== undefined);
  const pools = new Map(sites.map((site) => [site, findEncodingPool(view, site)]));
  const cameras = layout.shards.reduce((sum, shard) => sum + shard.length, 0);
  const { requeueAfterMs, status } = await convergeTier(context, view, {
    object,
    kind: 'CameraFactory',
    parsed: factory,
    render: (around) =>
      renderCameraFactory({ factory, layout, findRelays, findPool: (site) => pools.get(site) }, around),
    describeMore: () => ({ words: [], status: { sites: sites.length, cameras } }),
  });
  await context.applier.applyStatus(object, status);
  announceStalled(context.events, object, status.conditions);
  announceShards(context.events, object, status.shards.length);
  return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
}

function findEncodingPool(view: ClusterView, site: Site): EncodingPool | undefined {
  const pool = view.findServingPool(site);
  if (pool === undefined) return undefined;
  const { renditions } = view.readPlacements(pool);
  return { pool, findPlacement: (path) => renditions.get(path)?.placement };
}
