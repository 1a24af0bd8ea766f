import type { Reader } from '@cupola/protocol';
import { siteRenditions } from '../topology/stream-paths.ts';
import type { Factory, Pool, Site } from '../topology/tiers.ts';
import { listReaderCredentials, type NamedTier, type ReaderKeys } from './tier-reader.ts';

/**
 * Who may read from a pool's workers: each factory the renditions of its Sites, and the workers from each other, since a
 * standby watches what it stands by for.
 */
export function listWorkerReaders(
  pool: Pool,
  sites: readonly { site: Site; factory: Factory }[],
  keys: ReaderKeys,
): Reader[] {
  const producer: NamedTier = { ...pool, kind: 'CompressorPool' };
  const byFactory = Map.groupBy(sites, ({ factory }) => `${factory.namespace}/${factory.name}`);
  const factories = [...byFactory]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => {
      const [first] = members;
      return first === undefined
        ? []
        : describe(
            { ...first.factory, kind: 'CameraFactory' },
            members.map(({ site }) => site),
          );
    });
  return [
    ...factories,
    ...describe(
      producer,
      sites.map(({ site }) => site),
    ),
  ];

  function describe(consumer: NamedTier, read: readonly Site[]): Reader[] {
    const paths = read.map(({ namespace, name }) => siteRenditions(namespace, name)).toSorted();
    if (paths.length === 0) return [];
    return listReaderCredentials(keys, producer, consumer).map((credential) => ({ credential, paths }));
  }
}
