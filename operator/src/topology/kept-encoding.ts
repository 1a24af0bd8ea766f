import type { Encoding } from '@cupola/protocol';
import type { ObservedWorker } from './observed-worker.ts';
import type { PoolRendition } from './pool-demand.ts';
import type { Pool } from './tiers.ts';

/**
 * The renditions as they can be encoded: one that asks for hardware which the pool has not goes on as workers encode it
 * now. An edit to something that cannot work takes nothing down; its Site says what is wrong.
 */
export function keepEncodings(
  renditions: readonly PoolRendition[],
  pool: Pool,
  workers: readonly Pick<ObservedWorker, 'plan'>[],
): PoolRendition[] {
  return renditions.map((each) => {
    const { path, encoding } = each.rendition;
    const { hardware } = encoding.video;
    if (hardware === undefined || hardware === pool.spec.hardware?.encoder) return each;
    const kept = findEncoding(workers, path);
    return kept === undefined ? each : { ...each, rendition: { ...each.rendition, encoding: kept } };
  });
}

function findEncoding(workers: readonly Pick<ObservedWorker, 'plan'>[], path: string): Encoding | undefined {
  for (const { plan } of workers) {
    const source = plan?.paths.get(path)?.source;
    if (source?.from === 'transcode') return source.encoding;
  }
  return undefined;
}
