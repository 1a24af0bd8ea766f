/** The caches as planning asks of them: parsed, and without what is being deleted. */
import type { CachedKinds, Caches } from '../kube/caches.ts';
import type { KubeObject } from '../kube/object.ts';
import type { CredentialSecrets, SecretData } from '../topology/basic-auth.ts';
import { findPoolOf, findRelayOf, keepsEncoding, keepsSite } from '../topology/membership.ts';
import { placementSecretName, tierPrefix } from '../topology/names.ts';
import { EMPTY_RECORD, type PlacementRecord } from '../topology/placement/placement-record.ts';
import type { PlanRecord } from '../topology/plan-record.ts';
import type { Factory, Inventory, Pool, Relay, Site } from '../topology/tiers.ts';
import { listPlans } from './observed-tiers.ts';
import {
  listPlanSites,
  listRecordSites,
  type Parsed,
  parseFactory,
  parsePool,
  parseRecord,
  parseRelay,
  parseSite,
} from './parse.ts';

export class ClusterView implements Inventory, CredentialSecrets {
  readonly #caches: Caches;

  constructor(caches: Caches) {
    this.#caches = caches;
  }

  /** Of one namespace, or all. */
  listSites(namespace?: string): Site[] {
    return listParsed(this.#caches.Site.list(namespace), parseSite);
  }

  findSite(namespace: string, name: string): Site | undefined {
    const object = this.#caches.Site.get(namespace, name);
    return listParsed(object === undefined ? [] : [object], parseSite)[0];
  }

  listFactories(): Factory[] {
    return listParsed(this.#caches.CameraFactory.list(), parseFactory);
  }

  listPools(): Pool[] {
    return listParsed(this.#caches.CompressorPool.list(), parsePool);
  }

  findPool(namespace: string, name: string): Pool | undefined {
    const object = this.#caches.CompressorPool.get(namespace, name);
    return listParsed(object === undefined ? [] : [object], parsePool)[0];
  }

  listRelays(): Relay[] {
    return listParsed(this.#caches.MasterRelay.list(), parseRelay);
  }

  findFactory(namespace: string, name: string): Factory | undefined {
    const object = this.#caches.CameraFactory.get(namespace, name);
    return listParsed(object === undefined ? [] : [object], parseFactory)[0];
  }

  findRelay(namespace: string, name: string): Relay | undefined {
    const object = this.#caches.MasterRelay.get(namespace, name);
    return listParsed(object === undefined ? [] : [object], parseRelay)[0];
  }

  findNamespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined {
    const found = this.#caches.Namespace.get('', namespace);
    return found === undefined ? undefined : (found.metadata.labels ?? {});
  }

  findBasicAuth(namespace: string, name: string): SecretData | undefined {
    return this.#caches.BasicAuthSecret.get(namespace, name) ?? this.#findOwnBasicAuth(namespace, name);
  }

  findGenerated(namespace: string, name: string): CachedKinds['Secret'] | undefined {
    return this.#caches.Secret.get(namespace, name);
  }

  /** The relay that serves a Site: the one that it refers to, or the last one while its reference is astray. */
  findServingRelay(site: Site): Relay | undefined {
    const membership = findRelayOf(site, this);
    if (membership === undefined) return undefined;
    if ('tier' in membership) return membership.tier;
    return this.listCarriers(site).find((relay) => keepsSite(relay, site, this));
  }

  /** The pool that encodes for a Site: as with relays. */
  findServingPool(site: Site): Pool | undefined {
    const membership = findPoolOf(site, this);
    if (membership === undefined) return undefined;
    if ('tier' in membership) return membership.tier;
    return this.listEncoders(site).find((pool) => keepsEncoding(pool, site, this));
  }

  /** What the pool remembers of where its renditions are encoded. */
  readPlacements({ namespace, name }: Pick<Pool, 'namespace' | 'name'>): PlacementRecord {
    const secret = this.#caches.Secret.get(
      namespace,
      placementSecretName(tierPrefix('CompressorPool', name)),
    );
    return secret === undefined ? EMPTY_RECORD : parseRecord(secret);
  }

  /** The pools that encode renditions of the Site. */
  listEncoders({ namespace, name }: Pick<Site, 'namespace' | 'name'>): Pool[] {
    return this.listPools().filter((pool) => this.listEncodedSites(pool).has(`${namespace}/${name}`));
  }

  /** `<namespace>/<name>` of the Sites that the pool encodes renditions of. */
  listEncodedSites(pool: Pool): ReadonlySet<string> {
    return listRecordSites(this.readPlacements(pool));
  }

  /** The relays whose plans have streams of the Site. */
  listCarriers({ namespace, name }: Pick<Site, 'namespace' | 'name'>): Relay[] {
    return this.listRelays().filter((relay) => this.listCarriedSites(relay).has(`${namespace}/${name}`));
  }

  /** `<namespace>/<name>` of the Sites that the relay's plans have streams of. */
  listCarriedSites(relay: Relay): ReadonlySet<string> {
    return new Set(this.#listRelayPlans(relay).flatMap((plan) => [...listPlanSites(plan)]));
  }

  #listRelayPlans({ namespace, name }: Relay): PlanRecord[] {
    // Both sides have the same streams.
    const shards = listPlans(this.#caches, { namespace, prefix: tierPrefix('MasterRelay', name) });
    return shards.flatMap((plans) => plans.slice(0, 1));
  }

  /** Made a moment ago by ourselves: the watch by type may not have told of it yet. */
  #findOwnBasicAuth(namespace: string, name: string): SecretData | undefined {
    const own = this.#caches.Secret.get(namespace, name);
    return own?.type === 'kubernetes.io/basic-auth' ? own : undefined;
  }
}

function listParsed<T extends KubeObject, R>(objects: readonly T[], parse: (object: T) => Parsed<R>): R[] {
  return objects.flatMap((object) => {
    if (object.metadata.deletionTimestamp !== undefined) return [];
    const parsed = parse(object);
    return 'value' in parsed ? [parsed.value] : [];
  });
}
