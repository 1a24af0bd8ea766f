/** Which tiers carry a Site, and which Sites a tier carries: the Site refers, the tier permits. */
import { PROBLEM_REASONS } from '../api/reasons.ts';
import type { TierRef } from '../api/references.ts';
import { permitsSite } from './allowed-sites.ts';
import type { Problem } from './problem.ts';
import type { Factory, Inventory, Relay, Site } from './tiers.ts';

export type Membership<Tier> = { tier: Tier } | { problem: Problem };

/** Under its own name where the Site refers to none: made from it and owned by it. */
export function findFactoryOf(site: Site, inventory: Inventory): Membership<Factory> | undefined {
  const ref = site.spec.factoryRef;
  if (ref !== undefined) return followRef(site, ref, FACTORY, inventory);
  const own = inventory.findFactory(site.namespace, site.name);
  if (own === undefined) return undefined;
  return isOwnFactory(own, site) ? { tier: own } : { problem: describeTakenName(site) };
}

/** Undefined where the Site asks for no relay. */
export function findRelayOf(site: Site, inventory: Inventory): Membership<Relay> | undefined {
  const ref = site.spec.relayRef;
  return ref === undefined ? undefined : followRef(site, ref, RELAY, inventory);
}

export function listSitesOfFactory(factory: Factory, sites: readonly Site[], inventory: Inventory): Site[] {
  return sites.filter((site) => {
    const ref = site.spec.factoryRef;
    if (ref === undefined) return isOwnFactory(factory, site);
    return refersTo(ref, site, factory) && permits(factory, site, inventory);
  });
}

/**
 * The Sites that refer to the relay, and those that it already carries (`<namespace>/<name>`) whose reference
 * was edited to something that cannot be followed: their viewers keep their streams until it is mended. Never
 * one that the relay does not permit: that is its owner's word.
 */
export function listSitesOfRelay(
  relay: Relay,
  sites: readonly Site[],
  carried: ReadonlySet<string>,
  inventory: Inventory,
): Site[] {
  return sites.filter((site) => {
    const ref = site.spec.relayRef;
    if (ref === undefined) return false;
    const isMember =
      refersTo(ref, site, relay) || (carried.has(keyOf(site)) && isAstray(site, ref, inventory));
    return isMember && permits(relay, site, inventory);
  });
}

/** Whether this relay goes on carrying a Site whose own reference leads nowhere. */
export function keepsSite(relay: Relay, site: Site, inventory: Inventory): boolean {
  const ref = site.spec.relayRef;
  return ref !== undefined && isAstray(site, ref, inventory) && permits(relay, site, inventory);
}

interface RefKind<Tier> {
  kind: string;
  field: string;
  notFound: Problem['reason'];
  notAllowed: Problem['reason'];
  find(inventory: Inventory, namespace: string, name: string): Tier | undefined;
}

const FACTORY: RefKind<Factory> = {
  kind: 'CameraFactory',
  field: 'spec.factoryRef',
  notFound: PROBLEM_REASONS.factoryNotFound,
  notAllowed: PROBLEM_REASONS.factoryNotAllowed,
  find: (inventory, namespace, name) => inventory.findFactory(namespace, name),
};
const RELAY: RefKind<Relay> = {
  kind: 'MasterRelay',
  field: 'spec.relayRef',
  notFound: PROBLEM_REASONS.relayNotFound,
  notAllowed: PROBLEM_REASONS.relayNotAllowed,
  find: (inventory, namespace, name) => inventory.findRelay(namespace, name),
};

function followRef<Tier extends Factory | Relay>(
  site: Site,
  ref: TierRef,
  refKind: RefKind<Tier>,
  inventory: Inventory,
): Membership<Tier> {
  const { kind, field } = refKind;
  const namespace = ref.namespace ?? site.namespace;
  const tier = refKind.find(inventory, namespace, ref.name);
  if (tier !== undefined) {
    if (permits(tier, site, inventory)) return { tier };
    const message = `${kind} ${namespace}/${ref.name} does not permit this Site`;
    const remedy = `have its owner add the namespace ${site.namespace} (and this Site's labels) to its spec.allowedSites, or refer to another`;
    return { problem: { reason: refKind.notAllowed, field, message, remedy } };
  }
  if (inventory.findNamespaceLabels(namespace) === undefined) {
    const message = `there is no namespace ${namespace}`;
    const remedy = `correct ${field}.namespace, or create the namespace and the ${kind} in it`;
    return {
      problem: { reason: PROBLEM_REASONS.namespaceNotFound, field, message, remedy },
    };
  }
  const message = `there is no ${kind} ${namespace}/${ref.name}`;
  const remedy = `create it, or correct ${field}`;
  return { problem: { reason: refKind.notFound, field, message, remedy } };
}

/** Whether a relayRef leads to no relay that permits the Site. */
function isAstray(site: Site, ref: TierRef, inventory: Inventory): boolean {
  return 'problem' in followRef(site, ref, RELAY, inventory);
}

function refersTo(ref: TierRef, site: Site, tier: Factory | Relay): boolean {
  return ref.name === tier.name && (ref.namespace ?? site.namespace) === tier.namespace;
}

function isOwnFactory(factory: Factory, site: Site): boolean {
  return (
    factory.ownerSite === site.name && factory.namespace === site.namespace && factory.name === site.name
  );
}

function permits(tier: Factory | Relay, site: Site, inventory: Inventory): boolean {
  return permitsSite(tier.spec.allowedSites, tier.namespace, site, inventory);
}

function describeTakenName(site: Site): Problem {
  return {
    reason: PROBLEM_REASONS.nameTaken,
    field: 'metadata.name',
    message: `a CameraFactory ${site.namespace}/${site.name} exists that was not made from this Site`,
    remedy: `give the Site another name, or delete that CameraFactory; to use it as a shared one, make the Site anew with spec.factoryRef`,
  };
}

function keyOf(site: Site): string {
  return `${site.namespace}/${site.name}`;
}
