import { createHmac } from 'node:crypto';
import type { Credential } from '@cupola/protocol';
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

/** Users of different kinds differ: a pool and a relay may have one name in one namespace. */
const USERS: Readonly<Record<MediaKind, string>> = {
  CameraFactory: 'factory',
  CompressorPool: 'pool',
  MasterRelay: 'tier',
};

/**
 * What a tier shows to one that it reads from. Derived, so that it is stored nowhere but in plans; another for each pair
 * of them, so that the plans of one reader open no stream of a tier that it does not read.
 */
export function deriveReader(key: string, producer: NamedTier, consumer: NamedTier): Credential {
  const password = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(describePair(producer, consumer))
    .digest('base64url');
  return { user: `${USERS[consumer.kind]}-${consumer.namespace}.${consumer.name}`, password };
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
