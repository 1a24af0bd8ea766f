import { createHmac } from 'node:crypto';
import type { Credential } from '@cupola/protocol';
import type { Factory, Relay } from '../topology/tiers.ts';

/** The operator's root keys, base64. Producers accept readers of both while one replaces the other. */
export interface ReaderKeys {
  current: string;
  previous?: string;
}

/** Of a consumer or producer, which name it whatever its spec. */
type Named = Pick<Factory | Relay, 'namespace' | 'name'>;

/**
 * What a relay shows to a factory. Derived, so that it is stored nowhere but in plans; another for each pair of
 * them, so that one relay's plans open no stream of a factory that it does not carry.
 */
export function deriveReader(key: string, factory: Named, relay: Named): Credential {
  const context = `read/${factory.namespace}/${factory.name}/${relay.namespace}/${relay.name}`;
  const password = createHmac('sha256', Buffer.from(key, 'base64')).update(context).digest('base64url');
  return { user: `tier-${relay.namespace}.${relay.name}`, password };
}
