/**
 * Which objects a change concerns.
 *
 *     what changed                        who looks again
 *     Site (spec, labels; came, went)     its factory, pool and relay, now and before, and those that still carry it
 *     CameraFactory, CompressorPool,      the Sites that refer to it; with its spec, their other tiers too
 *     MasterRelay
 *     Service                             its tier, and the tier's Sites where URLs change
 *     Deployment, Pod, PDB, ...           the tier that it was made for
 *     HorizontalPodAutoscaler (spec)      its pool
 *     plan Secret                         its tier; Sites whose streams came or went, and their relay
 *     placement Secret                    its pool; Sites whose renditions moved, and their factories
 *     credentials (generated or not)      the Sites and tiers that use them
 *     the operator's keys                 all tiers
 *     Namespace (labels; came, went)      its Sites, those that refer to it, tiers that select namespaces
 *     Node (cordoned, labels, devices)    all pools
 */
import { isDeepStrictEqual } from 'node:util';
import type {
  CacheChange,
  CameraFactoryObject,
  CompressorPoolObject,
  HorizontalPodAutoscalerObject,
  MasterRelayObject,
  NamespaceObject,
  NodeObject,
  ServiceObject,
  SiteObject,
} from '../kube/caches.ts';
import type { Target } from '../kube/handlers.ts';
import { type KubeObject, keyOf } from '../kube/object.ts';
import type { StoreChange } from '../kube/store.ts';
import type { ClusterView } from './cluster-view.ts';
import { parseSite } from './parse.ts';
import { routeBasicAuth, routeOwnSecret } from './secret-routes.ts';
import {
  listAllTiers,
  listSitesOf,
  listTiersOf,
  targetFactory,
  targetOwnPool,
  targetPool,
  targetRelay,
  targetSite,
} from './site-targets.ts';
import { findTierOf } from './tier-objects.ts';

type TierObject = CameraFactoryObject | CompressorPoolObject | MasterRelayObject;

export function routeChange({ kind, change }: CacheChange, view: ClusterView): Target[] {
  switch (kind) {
    case 'Site':
      return routeSite(change, view);
    case 'CameraFactory':
    case 'CompressorPool':
    case 'MasterRelay':
      return routeTier(kind, change, view);
    case 'Service':
      return routeService(change, view);
    case 'Secret':
      return routeOwnSecret(change, view);
    case 'BasicAuthSecret':
      return routeBasicAuth(change, view);
    case 'Namespace':
      return routeNamespace(change, view);
    case 'Node':
      return routeNode(change, view);
    case 'HorizontalPodAutoscaler':
      return routeAutoscaler(change);
    case 'Deployment':
    case 'Pod':
    case 'PodDisruptionBudget':
    case 'ServiceAccount':
      return listVersions<KubeObject>(change)
        .slice(0, 1)
        .flatMap((object) => findTierOf(object) ?? []);
  }
}

/** The object as it is, or last was, and as it was before where there are two. */
function listVersions<T extends KubeObject>(change: StoreChange<T>): T[] {
  if (change.type === 'modified') return [change.object, change.previous];
  return [change.type === 'added' ? change.object : change.previous];
}

function routeSite(change: StoreChange<SiteObject>, view: ClusterView): Target[] {
  if (change.type === 'modified' && !isOtherSpec(change.object, change.previous)) return [];
  return listVersions(change).flatMap((object) => {
    const parsed = parseSite(object);
    return 'value' in parsed ? listTiersOf(parsed.value, view) : [];
  });
}

/** A new spec can give or take a Site to the other tier: that one's readers or legs follow. */
function routeTier(
  kind: Exclude<Target['kind'], 'Site'>,
  change:
    | StoreChange<CameraFactoryObject>
    | StoreChange<CompressorPoolObject>
    | StoreChange<MasterRelayObject>,
  view: ClusterView,
): Target[] {
  const [now, before] = listVersions<TierObject>(change);
  if (now === undefined) return [];
  const isOther = before === undefined || isOtherSpec(now, before);
  if (!isOther && !isOtherStatus(now, before)) return [];
  return listSitesOf({ kind, ...keyOf(now) }, view).flatMap((site) => {
    const others = [targetFactory(site), targetPool(site), targetRelay(site)].filter((target) => {
      return isOther && target !== undefined && target.kind !== kind;
    });
    return [targetSite(site), ...others.filter((target) => target !== undefined)];
  });
}

function routeService(change: StoreChange<ServiceObject>, view: ClusterView): Target[] {
  const [now, before] = listVersions(change);
  const tier = now === undefined ? undefined : findTierOf(now);
  if (now === undefined || tier === undefined) return [];
  const isReachedElsewhere =
    !isDeepStrictEqual(now.spec?.ports, before?.spec?.ports) ||
    !isDeepStrictEqual(now.spec?.selector, before?.spec?.selector) ||
    !isDeepStrictEqual(now.status?.loadBalancer, before?.status?.loadBalancer);
  return isReachedElsewhere ? [tier, ...listSitesOf(tier, view).map(targetSite)] : [tier];
}

/** What it measures is written into it several times a minute. */
function routeAutoscaler(change: StoreChange<HorizontalPodAutoscalerObject>): Target[] {
  const [now, before] = listVersions(change);
  const look = ({ metadata, spec }: HorizontalPodAutoscalerObject) => {
    const { labels, annotations, ownerReferences } = metadata;
    return [spec, labels, annotations, ownerReferences];
  };
  if (now === undefined || (before !== undefined && isDeepStrictEqual(look(now), look(before)))) return [];
  return [findTierOf(now)].filter((target) => target !== undefined);
}

function routeNamespace(change: StoreChange<NamespaceObject>, view: ClusterView): Target[] {
  const [now, before] = listVersions(change);
  if (before !== undefined && isDeepStrictEqual(now?.metadata.labels, before.metadata.labels)) return [];
  const { name } = change.key;
  const sites = view.listSites().filter((site) => {
    const tiers = [targetFactory(site), targetPool(site), targetRelay(site)];
    return site.namespace === name || tiers.some((target) => target?.namespace === name);
  });
  return [...sites.map(targetSite), ...listAllTiers(view)];
}

function routeNode(change: StoreChange<NodeObject>, view: ClusterView): Target[] {
  const [now, before] = listVersions(change);
  const look = (node: NodeObject | undefined) => [node?.spec, node?.metadata.labels, node?.status];
  if (before !== undefined && isDeepStrictEqual(look(now), look(before))) return [];
  return view.listPools().map(targetOwnPool);
}

function isOtherSpec(now: KubeObject, before: KubeObject): boolean {
  return (
    now.metadata.generation !== before.metadata.generation ||
    now.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    !isDeepStrictEqual(now.metadata.labels, before.metadata.labels)
  );
}

/** As far as Sites go by it: not by how many streams each shard has, which changes with every camera, nor its upgrade. */
function isOtherStatus(now: TierObject, before: TierObject): boolean {
  const look = ({ status }: TierObject) => [
    status?.conditions,
    status !== undefined &&
      'shards' in status &&
      status.shards?.map(({ streams: _, upgrade: __, ...sides }) => sides),
  ];
  return !isDeepStrictEqual(look(now), look(before));
}
