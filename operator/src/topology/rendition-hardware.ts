import type { EncodedRendition } from './renditions.ts';
import type { Pool, Site } from './tiers.ts';

/** Why the hardware that a profile asks for is not where the Site is encoded; undefined where it is, or asks for none. */
export function findMissingHardware(
  site: Site,
  { encoding }: Pick<EncodedRendition, 'encoding'>,
  pool: Pool | undefined,
): string | undefined {
  const { hardware } = encoding.video;
  if (hardware === undefined) return undefined;
  if (site.spec.topology === 'AllInOne')
    return `${hardware} is offered by pools alone, not by a factory's pods`;
  if (pool === undefined || pool.spec.hardware?.encoder === hardware) return undefined;
  return `the workers of CompressorPool ${pool.namespace}/${pool.name} have no ${hardware}`;
}
