/** Which tiers carry a Site, and which Sites a tier carries: the Site refers, the tier permits. */
import { PROBLEM_REASONS } from '../api/reasons.ts';
import type { TierRef } from '../api/references.ts';
import { permitsSite } from './allowed-sites.ts';
import type { Problem } from './problem.ts';
import { needsEncoders } from './renditions.ts';
import type { Factory, Inventory, Pool, Relay, Site } from './tiers.ts';

export type Membership<Tier> = { tier: Tier } | { problem: Problem };

/** Under its own name where the Site refers to none: made from it and owned by it. */
export function findFactoryOf(site: Site, inventory: Inventory): Membership<Factory> | undefined {
  return findShared(site, FACTORY, inventory) ?? findOwn(site, FACTORY, inventory);
}

/** Whether workers of a pool encode for the Site. */
export function needsPool(site: Site): boolean {
  return site.spec.topology === 'ThreeTier' && needsEncoders(site);
}

/** As with factories; undefined also where nothing of the Site is encoded by a pool. */
export function findPoolOf(site: Site, inventory: Inventory): Membership<Pool> | undefined {
  if (!needsPool(site)) return undefined;
  return findShared(site, POOL, inventory) ?? findOwn(site, POOL, inventory);
}

/** Undefined where the Site asks for no relay. */
export function findRelayOf(site: Site, inventory: Inventory): Membership<Relay> | undefined {
  return findShared(site, RELAY, inventory);
}

export function listSitesOfFactory(factory: Factory, sites: readonly Site[], inventory: Inventory): Site[] {
  return sites.filter((site) => {
    const ref = site.spec.factoryRef;
    if (ref === undefined) return isOwn(factory, site);
    return refersTo(ref, site, factory) && permits(factory, site, inventory);
  });
}

/** With `carried` as of `listSitesOfRelay`. */
export function listSitesOfPool(
  pool: Pool,
  sites: readonly Site[],
  carried: ReadonlySet<string>,
  inventory: Inventory,
): Site[] {
  return sites.filter((site) => {
    if (!needsPool(site)) return false;
    if (site.spec.poolRef === undefined) return isOwn(pool, site);
    return isMember(pool, site, POOL, carried, inventory);
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
  return sites.filter((site) => isMember(relay, site, RELAY, carried, inventory));
}

/** Whether this relay goes on carrying a Site whose own reference leads nowhere. */
export function keepsSite(relay: Relay, site: Site, inventory: Inventory): boolean {
  return isAstray(site, RELAY, inventory) && permits(relay, site, inventory);
}

/** Whether this pool goes on encoding for a Site whose own reference leads nowhere. */
export function keepsEncoding(pool: Pool, site: Site, inventory: Inventory): boolean {
  return isAstray(site, POOL, inventory) && permits(pool, site, inventory);
}

type AnyTier = Factory | Pool | Relay;

interface RefKind<Tier> {
  kind: string;
  field: string;
  notFound: Problem['reason'];
  notAllowed: Problem['reason'];
  /** Undefined where the Site refers to none. */
  refOf(site: Site): TierRef | undefined;
  find(inventory: Inventory, namespace: string, name: string): Tier | undefined;
}

const FACTORY: RefKind<Factory> = {
  kind: 'CameraFactory',
  field: 'spec.factoryRef',
  notFound: PROBLEM_REASONS.factoryNotFound,
  notAllowed: PROBLEM_REASONS.factoryNotAllowed,
  refOf: ({ spec }) => spec.factoryRef,
  find: (inventory, namespace, name) => inventory.findFactory(namespace, name),
};
const POOL: RefKind<Pool> = {
  kind: 'CompressorPool',
  field: 'spec.poolRef',
  notFound: PROBLEM_REASONS.poolNotFound,
  notAllowed: PROBLEM_REASONS.poolNotAllowed,
  refOf: ({ spec }) => spec.poolRef,
  find: (inventory, namespace, name) => inventory.findPool(namespace, name),
};
const RELAY: RefKind<Relay> = {
  kind: 'MasterRelay',
  field: 'spec.relayRef',
  notFound: PROBLEM_REASONS.relayNotFound,
  notAllowed: PROBLEM_REASONS.relayNotAllowed,
  refOf: ({ spec }) => spec.relayRef,
  find: (inventory, namespace, name) => inventory.findRelay(namespace, name),
};

/** Undefined where the Site refers to none. */
function findShared<Tier extends AnyTier>(
  site: Site,
  refKind: RefKind<Tier>,
  inventory: Inventory,
): Membership<Tier> | undefined {
  const ref = refKind.refOf(site);
  return ref === undefined ? undefined : followRef(site, ref, refKind, inventory);
}

/** The one of the Site's name. */
function findOwn<Tier extends Factory | Pool>(
  site: Site,
  refKind: RefKind<Tier>,
  inventory: Inventory,
): Membership<Tier> | undefined {
  const own = refKind.find(inventory, site.namespace, site.name);
  if (own === undefined) return undefined;
  return isOwn(own, site) ? { tier: own } : { problem: describeTakenName(site, refKind) };
}

/** Whether the tier permits the Site, which refers to it, or is carried already and refers to none that takes it. */
function isMember<Tier extends AnyTier>(
  tier: Tier,
  site: Site,
  refKind: RefKind<Tier>,
  carried: ReadonlySet<string>,
  inventory: Inventory,
): boolean {
  const ref = refKind.refOf(site);
  if (ref === undefined) return false;
  const isMeant =
    refersTo(ref, site, tier) || (carried.has(keyOf(site)) && isAstray(site, refKind, inventory));
  return isMeant && permits(tier, site, inventory);
}

function followRef<Tier extends AnyTier>(
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

/** Whether the Site's reference leads to no tier that permits it. */
function isAstray<Tier extends AnyTier>(site: Site, refKind: RefKind<Tier>, inventory: Inventory): boolean {
  const found = findShared(site, refKind, inventory);
  return found !== undefined && 'problem' in found;
}

function refersTo(ref: TierRef, site: Site, tier: AnyTier): boolean {
  return ref.name === tier.name && (ref.namespace ?? site.namespace) === tier.namespace;
}

function isOwn(tier: Factory | Pool, site: Site): boolean {
  return tier.ownerSite === site.name && tier.namespace === site.namespace && tier.name === site.name;
}

function permits(tier: AnyTier, site: Site, inventory: Inventory): boolean {
  return permitsSite(tier.spec.allowedSites, tier.namespace, site, inventory);
}

function describeTakenName(site: Site, { kind, field }: Pick<RefKind<AnyTier>, 'kind' | 'field'>): Problem {
  // A Site's factory is fixed.
  const adoption = kind === FACTORY.kind ? 'make the Site anew with' : 'name it in';
  return {
    reason: PROBLEM_REASONS.nameTaken,
    field: 'metadata.name',
    message: `a ${kind} ${site.namespace}/${site.name} exists that was not made from this Site`,
    remedy: `give the Site another name, or delete that ${kind}; to use it as a shared one, ${adoption} ${field}`,
  };
}

function keyOf(site: Site): string {
  return `${site.namespace}/${site.name}`;
}
