/** Which Sites and tiers concern each other, by what their manifests say; whether it is permitted is not asked. */
import type { Target } from '../kube/handlers.ts';
import type { ObjectKey } from '../kube/object.ts';
import type { Factory, Relay, Site } from '../topology/tiers.ts';
import type { ClusterView } from './cluster-view.ts';

export function targetSite({ namespace, name }: ObjectKey): Target {
  return { kind: 'Site', namespace, name };
}

export function targetFactory(site: Site): Target {
  const { namespace = site.namespace, name = site.name } = site.spec.factoryRef ?? {};
  return { kind: 'CameraFactory', namespace, name };
}

export function targetRelay(site: Site): Target | undefined {
  const ref = site.spec.relayRef;
  if (ref === undefined) return undefined;
  return { kind: 'MasterRelay', namespace: ref.namespace ?? site.namespace, name: ref.name };
}

/** The Site's factory, its relay, and relays that carry it still. */
export function listTiersOf(site: Site, view: ClusterView): Target[] {
  const relay = targetRelay(site);
  const carriers = view.listCarriers(site).map(({ namespace, name }) => {
    return { kind: 'MasterRelay', namespace, name } as const;
  });
  return [targetFactory(site), ...(relay === undefined ? [] : [relay]), ...carriers];
}

/** The Sites that refer to the tier, or whose own it is. */
export function listSitesOf(tier: Target, view: ClusterView): Site[] {
  return view.listSites().filter((site) => {
    const target = tier.kind === 'CameraFactory' ? targetFactory(site) : targetRelay(site);
    return target?.name === tier.name && target.namespace === tier.namespace;
  });
}

export function listAllTiers(view: ClusterView): Target[] {
  return [...view.listFactories().map(targetOwnFactory), ...view.listRelays().map(targetOwnRelay)];
}

function targetOwnFactory({ namespace, name }: Factory): Target {
  return { kind: 'CameraFactory', namespace, name };
}

function targetOwnRelay({ namespace, name }: Relay): Target {
  return { kind: 'MasterRelay', namespace, name };
}
