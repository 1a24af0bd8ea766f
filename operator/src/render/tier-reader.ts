import { createHmac } from 'node:crypto';
import { type Credential, TIER_USER_PREFIX } from '@cupola/protocol';
import type { MediaKind } from '../topology/names.ts';

/** The operator's root keys, base64. Producers accept readers of both while one replaces the other. */
export interface ReaderKeys {
  current: string;
  previous?: string;
}

/** A tier that serves streams, or reads them, by name whatever its spec. */
export interface NamedTier {
  kind: MediaKind;
  namespace: string;
  name: string;
}

/**
 * What a tier shows to one that it reads from. Derived, so that it is stored nowhere but in plans; another for each pair
 * of them, so that the plans of one reader open no stream of a tier that it does not read.
 */
export function deriveReader(key: string, producer: NamedTier, consumer: NamedTier): Credential {
  const password = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(describePair(producer, consumer))
    .digest('base64url');
  return { user: nameUser(producer, consumer), password };
}

/** Of two kinds it is never the same: a pool and a relay may have one name in one namespace. */
function nameUser({ kind }: NamedTier, consumer: NamedTier): string {
  const name = `${consumer.namespace}.${consumer.name}`;
  switch (consumer.kind) {
    case 'MasterRelay':
      return `${TIER_USER_PREFIX}${name}`;
    case 'CompressorPool':
      return `${TIER_USER_PREFIX}pool.${name}`;
    case 'CameraFactory':
      return kind === 'CompressorPool' ? `factory.${name}` : `${TIER_USER_PREFIX}factory.${name}`;
  }
}

/** Credentials that a producer takes from a consumer: of the current key, and of the one that it replaces. */
export function listReaderCredentials(
  { current, previous }: ReaderKeys,
  producer: NamedTier,
  consumer: NamedTier,
): Credential[] {
  const keys = previous === undefined ? [current] : [current, previous];
  return keys.map((key) => deriveReader(key, producer, consumer));
}

/** Factories and relays, the first of all pairs, are named without their kinds: their credentials stay as they are. */
function describePair(producer: NamedTier, consumer: NamedTier): string {
  const isFirst = producer.kind === 'CameraFactory' && consumer.kind === 'MasterRelay';
  const parts = [producer, consumer].map(({ kind, namespace, name }) => {
    return isFirst ? `${namespace}/${name}` : `${kind}/${namespace}/${name}`;
  });
  return `read/${parts.join('/')}`;
}
