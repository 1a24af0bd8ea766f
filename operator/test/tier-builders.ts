/** Parsed Sites and tiers for tests of the pure folders, each with what the test is about and defaults else. */
import { cameraFactorySpecSchema } from '../src/api/camera-factory.ts';
import { masterRelaySpecSchema } from '../src/api/master-relay.ts';
import { siteSpecSchema } from '../src/api/site.ts';
import type { CredentialSecrets } from '../src/topology/basic-auth.ts';
import { encodeText } from '../src/topology/basic-auth.ts';
import type { ObservedShard, ObservedSide } from '../src/topology/observed-shard.ts';
import type { Factory, Inventory, Pool, Relay, Site } from '../src/topology/tiers.ts';

export interface Naming {
  namespace?: string;
  name?: string;
  labels?: Record<string, string>;
}

export function buildSite(
  spec: object = {},
  { namespace = 'yard', name = 'dock', labels = {} }: Naming = {},
): Site {
  const parsed = siteSpecSchema.parse({ cameras: [], ...spec });
  return { namespace, name, uid: `site-${namespace}-${name}`, labels, spec: parsed };
}

export function buildFactory(
  spec: object = {},
  { namespace = 'yard', name = 'dock', ownerSite }: Naming & { ownerSite?: string } = {},
): Factory {
  const parsed = cameraFactorySpecSchema.parse(spec);
  const owner = ownerSite === undefined ? {} : { ownerSite };
  return { namespace, name, uid: `factory-${namespace}-${name}`, ...owner, spec: parsed };
}

export function buildRelay(spec: object = {}, { namespace = 'yard', name = 'main' }: Naming = {}): Relay {
  return { namespace, name, uid: `relay-${namespace}-${name}`, spec: masterRelaySpecSchema.parse(spec) };
}

/** Namespaces by name, with their labels. */
export function buildInventory(
  tiers: { factories?: Factory[]; pools?: Pool[]; relays?: Relay[] },
  namespaces: Record<string, Record<string, string>> = { yard: {} },
): Inventory {
  const find = <T extends Factory | Pool | Relay>(list: T[] = [], namespace: string, name: string) =>
    list.find((tier) => tier.namespace === namespace && tier.name === name);
  return {
    findFactory: (namespace, name) => find(tiers.factories, namespace, name),
    findPool: (namespace, name) => find(tiers.pools, namespace, name),
    findRelay: (namespace, name) => find(tiers.relays, namespace, name),
    findNamespaceLabels: (namespace) => namespaces[namespace],
  };
}

/** Secrets by `<namespace>/<name>`, values in plain text: `basicAuth` those of users, `generated` the operator's. */
export function buildSecrets(secrets: {
  basicAuth?: Record<string, Record<string, string>>;
  generated?: Record<string, Record<string, string>>;
}): CredentialSecrets {
  const encode = (values: Record<string, string> | undefined) =>
    values && {
      data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encodeText(value)])),
    };
  return {
    findBasicAuth: (namespace, name) => encode(secrets.basicAuth?.[`${namespace}/${name}`]),
    findGenerated: (namespace, name) => encode(secrets.generated?.[`${namespace}/${name}`]),
  };
}

export function buildShard(
  sides: { primary?: ObservedSide; backup?: ObservedSide } = {},
  changes: Partial<ObservedShard> = {},
): ObservedShard {
  return { activeSide: 'primary', sides: { primary: {}, backup: {}, ...sides }, ...changes };
}

/** A side whose pod is ready on a node. */
export function buildReadySide(node: string, changes: Partial<ObservedSide> = {}): ObservedSide {
  return { deployment: { isReady: true, isRollingOut: false }, node, ...changes };
}
