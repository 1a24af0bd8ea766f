/**
 * A placement as the plans in force have it, so that a restarted operator moves nothing. Factories list the copies of a
 * rendition as legs, in the order in which a placement lists workers; a standby's own plan says that it stands by.
 */
import type { Redundancy } from '../../api/compression.ts';
import type { Placement } from './pool.ts';

/** The order of the legs of a rendition, wherever it is played. */
export function listWorkers({ active, leaving, standby }: Placement): string[] {
  return [...active, ...leaving, ...(standby === undefined ? [] : [standby])];
}

/** The opposite of `listWorkers`. */
export function readPlacement(
  workers: readonly string[],
  redundancy: Redundancy,
  isStandby: (worker: string) => boolean,
): Placement {
  const encoding = workers.filter((worker) => !isStandby(worker));
  const wanted = redundancy === 'Hot' ? 2 : 1;
  const standby = workers.find(isStandby);
  const placement = { active: encoding.slice(0, wanted), leaving: encoding.slice(wanted) };
  return standby === undefined ? placement : { ...placement, standby };
}
