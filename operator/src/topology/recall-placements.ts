import { listWork, type ObservedWorker } from './observed-worker.ts';
import type { PlacementRecord } from './placement/placement-record.ts';
import type { Placement } from './placement/pool.ts';

/** What the pool has lost the memory of is what its workers' plans say: somebody has deleted its Secret. */
export function recallPlacements(
  workers: readonly ObservedWorker[],
  record: PlacementRecord,
): Map<string, Placement> {
  const placements = new Map<string, Placement>();
  for (const [path, { placement }] of record.renditions) if (placement) placements.set(path, placement);
  for (const worker of workers) {
    const { encoded, standby } = listWork(worker);
    const forgotten = (path: string) => !record.renditions.has(path);
    for (const path of encoded.filter(forgotten)) {
      const { active = [], ...others } = placements.get(path) ?? {};
      placements.set(path, { leaving: [], ...others, active: [...active, worker.name] });
    }
    for (const path of standby.filter(forgotten)) {
      placements.set(path, { active: [], leaving: [], ...placements.get(path), standby: worker.name });
    }
  }
  return placements;
}
