import type { MasterRelayStatus } from '../api/master-relay.ts';
import type { MasterRelayObject } from '../kube/caches.ts';
import type { ReconcileHandler } from '../kube/handlers.ts';
import { renderMasterRelay } from '../render/master-relay.ts';
import { findListRoom } from '../status/fit-items.ts';
import { fitRemoteStreams } from '../status/fit-remote-streams.ts';
import { listStreamUrls } from '../status/stream-urls.ts';
import { findEndpoint } from '../topology/endpoint.ts';
import { listSitesOfRelay } from '../topology/membership.ts';
import { activeServiceName, qualify, serviceHost, tierPrefix, workloadName } from '../topology/names.ts';
import { readAssignment } from '../topology/plan-record.ts';
import { layOutRelay, type RelayLayout } from '../topology/relay-layout.ts';
import type { Relay } from '../topology/tiers.ts';
import { announceLeftOut, announceShards, announceStalled } from './announce.ts';
import { listCarried } from './carried-sites.ts';
import { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { hearPath } from './heard-paths.ts';
import { reportInvalid } from './invalid-spec.ts';
import { convergeTier } from './media-tier.ts';
import { listPlans, observeShard } from './observed-tiers.ts';
import { parseRelay } from './parse.ts';

/** MasterRelay: the streams of its Sites, as their factories have taken them -> shards -> plans, pods, Services. */
export function createRelayHandler(context: ReconcileContext): ReconcileHandler {
  const view = new ClusterView(context.caches);
  return async ({ namespace, name }) => {
    const object = context.caches.MasterRelay.get(namespace, name);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
    const parsed = parseRelay(object);
    if ('problem' in parsed) return await reportInvalid(context, object, parsed.problem);
    return await reconcileRelay(context, view, object, parsed.value);
  };
}

async function reconcileRelay(
  context: ReconcileContext,
  view: ClusterView,
  object: MasterRelayObject,
  relay: Relay,
): ReturnType<ReconcileHandler> {
  const sites = listSitesOfRelay(relay, view.listSites(), view.listCarriedSites(relay), view);
  const carried = listCarried(context, view, sites);
  const tierName = { namespace: relay.namespace, prefix: tierPrefix('MasterRelay', relay.name) };
  const layout = layOutRelay(relay, carried, readAssignment(listPlans(context.caches, tierName)));
  const { requeueAfterMs, status } = await convergeTier(context, view, {
    object,
    kind: 'MasterRelay',
    parsed: relay,
    render: (around) => renderMasterRelay(relay, layout, around),
    describeMore: () => {
      const remote = describeRemoteStreams(context, relay, layout, object.status?.remoteStreams);
      const { streams: remoteStreams, words } = fitRemoteStreams(remote, findListRoom(object));
      const counts = {
        sites: sites.length + (relay.spec.remoteSites?.length ?? 0),
        streams: layout.shards.reduce((sum, shard) => sum + shard.length, 0),
      };
      return { words, status: { ...counts, ...(remoteStreams.length > 0 && { remoteStreams }) } };
    },
  });
  await context.applier.applyStatus(object, status);
  announceStalled(context.events, object, status.conditions);
  announceLeftOut(context.events, object, status.conditions);
  announceShards(context.events, object, status.shards.length);
  return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
}

function describeRemoteStreams(
  context: ReconcileContext,
  relay: Relay,
  layout: RelayLayout,
  previous: MasterRelayStatus['remoteStreams'],
): NonNullable<MasterRelayStatus['remoteStreams']> {
  const { namespace } = relay;
  const prefix = tierPrefix('MasterRelay', relay.name);
  const wasOnline = new Set(previous?.filter(({ online }) => online).map(({ path }) => path));
  return layout.shards.flatMap((streams, shard) => {
    const observed = observeShard(context, { namespace, prefix }, shard);
    const host = serviceHost(activeServiceName(prefix, shard), namespace);
    const endpoint = findEndpoint(relay.spec.exposure, relay.spec.protocols, host, observed.service);
    const workload = qualify(namespace, workloadName(prefix, shard, observed.activeSide));
    const isReady = observed.sides[observed.activeSide].deployment?.isReady ?? false;
    return streams
      .filter(({ reader }) => reader.of === 'secret')
      .map(({ path }) => ({
        path,
        online: hearPath(context, workload, isReady, path)?.online ?? wasOnline.has(path),
        urls: endpoint === undefined ? {} : listStreamUrls(endpoint, path),
      }));
  });
}
