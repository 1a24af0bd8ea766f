/** Which Sites and tiers concern each other, by what their manifests say; whether it is permitted is not asked. */
import type { Target } from '../kube/handlers.ts';
import type { ObjectKey } from '../kube/object.ts';
import { needsPool } from '../topology/membership.ts';
import type { Factory, Pool, Relay, Site } from '../topology/tiers.ts';
import type { ClusterView } from './cluster-view.ts';

export function targetSite({ namespace, name }: ObjectKey): Target {
  return { kind: 'Site', namespace, name };
}

export function targetFactory(site: Site): Target {
  const { namespace = site.namespace, name = site.name } = site.spec.factoryRef ?? {};
  return { kind: 'CameraFactory', namespace, name };
}

/** Undefined where nothing of the Site is encoded by a pool. */
export function targetPool(site: Site): Target | undefined {
  if (!needsPool(site)) return undefined;
  const { namespace = site.namespace, name = site.name } = site.spec.poolRef ?? {};
  return { kind: 'CompressorPool', namespace, name };
}

export function targetRelay(site: Site): Target | undefined {
  const ref = site.spec.relayRef;
  if (ref === undefined) return undefined;
  return { kind: 'MasterRelay', namespace: ref.namespace ?? site.namespace, name: ref.name };
}

/** The Site's factory, pool and relay, and those that encode for it or carry it still. */
export function listTiersOf(site: Site, view: ClusterView): Target[] {
  const [pool, relay] = [targetPool(site), targetRelay(site)];
  const encoders = view.listEncoders(site).map(targetOwnPool);
  const carriers = view.listCarriers(site).map(({ namespace, name }) => {
    return { kind: 'MasterRelay', namespace, name } as const;
  });
  const named = [targetFactory(site), pool, relay].filter((target) => target !== undefined);
  return [...named, ...encoders, ...carriers];
}

/** The Sites that refer to the tier, or whose own it is. */
export function listSitesOf(tier: Target, view: ClusterView): Site[] {
  return view.listSites().filter((site) => {
    const target = findTarget(site, tier.kind);
    return target?.name === tier.name && target.namespace === tier.namespace;
  });
}

export function listAllTiers(view: ClusterView): Target[] {
  return [
    ...view.listFactories().map(targetOwnFactory),
    ...view.listPools().map(targetOwnPool),
    ...view.listRelays().map(targetOwnRelay),
  ];
}

export function targetOwnPool({ namespace, name }: Pick<Pool, 'namespace' | 'name'>): Target {
  return { kind: 'CompressorPool', namespace, name };
}

function findTarget(site: Site, kind: Target['kind']): Target | undefined {
  switch (kind) {
    case 'Site':
      return targetSite(site);
    case 'CameraFactory':
      return targetFactory(site);
    case 'CompressorPool':
      return targetPool(site);
    case 'MasterRelay':
      return targetRelay(site);
  }
}

function targetOwnFactory({ namespace, name }: Factory): Target {
  return { kind: 'CameraFactory', namespace, name };
}

function targetOwnRelay({ namespace, name }: Relay): Target {
  return { kind: 'MasterRelay', namespace, name };
}
