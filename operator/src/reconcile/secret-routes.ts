import { isDeepStrictEqual } from 'node:util';
import { LABELS } from '../api/labels.ts';
import type { CredentialRef } from '../api/references.ts';
import type { Camera } from '../api/site.ts';
import type { SecretObject } from '../kube/caches.ts';
import type { Target } from '../kube/handlers.ts';
import { keyOf } from '../kube/object.ts';
import type { StoreChange } from '../kube/store.ts';
import { siteOfPath } from '../topology/stream-paths.ts';
import type { Site } from '../topology/tiers.ts';
import type { ClusterView } from './cluster-view.ts';
import { OPERATOR_KEYS } from './operator-keys.ts';
import { parsePlan, parseRecord } from './parse.ts';
import { listAllTiers, listTiersOf, targetFactory, targetSite } from './site-targets.ts';
import { findTierOf } from './tier-objects.ts';

/** A Secret of the operator's own: a plan, generated credentials, its keys. */
export function routeOwnSecret(change: StoreChange<SecretObject>, view: ClusterView): Target[] {
  const secret = change.type === 'deleted' ? change.previous : change.object;
  const tier = findTierOf(secret);
  if (secret.metadata.labels?.[LABELS.workload] !== undefined) {
    return [...(tier === undefined ? [] : [tier]), ...listPlanReaders(change, tier, view)];
  }
  if (tier?.kind === 'CompressorPool') return [tier, ...listPlacementReaders(change, view)];
  if (tier !== undefined) return [tier];
  if (secret.metadata.name === OPERATOR_KEYS) return listAllTiers(view);
  const owner = secret.metadata.ownerReferences?.find(({ kind }) => kind === 'Site');
  const { namespace } = keyOf(secret);
  if (owner === undefined) return [];
  const site = view.findSite(namespace, owner.name);
  return [targetSite({ namespace, name: owner.name }), ...(site === undefined ? [] : [targetFactory(site)])];
}

/**
 * A Secret of type kubernetes.io/basic-auth: Sites and tiers of its namespace may refer to it, and a tier's generated viewer
 * is one, too. That is heard of as a Secret of the operator's own as well, by another watch, and so perhaps too early.
 */
export function routeBasicAuth(change: StoreChange<SecretObject>, view: ClusterView): Target[] {
  const { namespace, name } = change.key;
  const owner = findTierOf(change.type === 'deleted' ? change.previous : change.object);
  const isNamed = (ref: CredentialRef | undefined) => ref?.name === name;
  const sites = view
    .listSites(namespace)
    .filter((site) => site.spec.cameras.some((camera) => listRefs(camera).some(isNamed)));
  const tiers = listAllTiers(view).filter((tier) => {
    if (tier.namespace !== namespace || tier.kind === 'CompressorPool') return false;
    if (tier.kind === 'CameraFactory')
      return usesViewer(view.findFactory(namespace, tier.name)?.spec.viewers, name);
    const relay = view.findRelay(namespace, tier.name)?.spec;
    const isRemote = relay?.remoteSites?.some((remote) => isNamed(remote.credentialsSecretRef)) ?? false;
    return isRemote || usesViewer(relay?.viewers, name);
  });
  const owners = owner === undefined ? [] : [owner];
  return [...sites.flatMap((site) => [targetSite(site), targetFactory(site)]), ...tiers, ...owners];
}

function listRefs(camera: Camera): (CredentialRef | undefined)[] {
  const own = (camera.compression?.profiles ?? []).map(({ cameraStream }) => cameraStream);
  return [camera, ...own].map((stream) => (stream?.push ?? stream?.pull)?.credentialsSecretRef);
}

function usesViewer(
  viewers: { credentialsSecretRefs?: CredentialRef[] | undefined } | undefined,
  name: string,
): boolean {
  return viewers?.credentialsSecretRefs?.some((ref) => ref.name === name) ?? false;
}

/** The Sites whose streams came into a plan or went from it; from a factory's also their relay. */
function listPlanReaders(
  change: StoreChange<SecretObject>,
  tier: Target | undefined,
  view: ClusterView,
): Target[] {
  const after = change.type === 'deleted' ? undefined : parsePlan(change.object)?.paths;
  const before = change.type === 'added' ? undefined : parsePlan(change.previous)?.paths;
  const came = [...(after?.keys() ?? [])].filter((path) => !before?.has(path));
  const went = [...(before?.keys() ?? [])].filter((path) => !after?.has(path));
  const moved = [...came, ...went];
  return listSitesOfPaths(moved, view).flatMap((site) => {
    return tier?.kind === 'CameraFactory'
      ? [targetSite(site), ...listTiersOf(site, view)]
      : [targetSite(site)];
  });
}

/** The Sites whose renditions are encoded elsewhere than before, and their factories. */
function listPlacementReaders(change: StoreChange<SecretObject>, view: ClusterView): Target[] {
  const after = change.type === 'deleted' ? undefined : parseRecord(change.object).renditions;
  const before = change.type === 'added' ? undefined : parseRecord(change.previous).renditions;
  const paths = new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])]);
  const moved = [...paths].filter((path) => !isDeepStrictEqual(after?.get(path), before?.get(path)));
  return listSitesOfPaths(moved, view).flatMap((site) => [targetSite(site), targetFactory(site)]);
}

/** The Sites of this cluster that the paths belong to. */
export function listSitesOfPaths(paths: readonly string[], view: ClusterView): Site[] {
  const keys = new Set(paths.map(siteOfPath).filter((key) => key !== undefined));
  return [...keys].flatMap((key) => {
    const [namespace = '', name = ''] = key.split('/');
    return view.findSite(namespace, name) ?? [];
  });
}
