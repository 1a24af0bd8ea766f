/**
 * A worker goes on with what it has until those who show it have let go of it: what is moved is not missed. Until then it
 * takes its room.
 */
import { listEncoded, type ObservedWorker } from './observed-worker.ts';
import { listWorkers, type Placement } from './placement/pool.ts';

/** By path: the workers that encode it, and from which some factory takes it. */
export type Lingering = ReadonlyMap<string, readonly string[]>;

export function listLingering(
  workers: readonly ObservedWorker[],
  isTaken: (path: string, worker: string) => boolean,
): Lingering {
  const lingering = new Map<string, string[]>();
  for (const worker of workers) {
    if (worker.isLost) continue;
    for (const path of listEncoded(worker)) {
      if (isTaken(path, worker.name)) lingering.set(path, [...(lingering.get(path) ?? []), worker.name]);
    }
  }
  return lingering;
}

/** Those that have it by no placement any more; nothing of what has none at all. */
export function listFinishing(
  lingering: Lingering,
  wanted: ReadonlySet<string>,
  placements: ReadonlyMap<string, Placement>,
): Map<string, string[]> {
  const finishing = new Map<string, string[]>();
  for (const [path, workers] of lingering) {
    const placement = placements.get(path);
    const placed = placement === undefined ? [] : listWorkers(placement);
    const others = workers.filter((worker) => !placed.includes(worker));
    if (wanted.has(path) && others.length > 0) finishing.set(path, others);
  }
  return finishing;
}
