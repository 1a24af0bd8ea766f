/**
 * A tier has at most this many shards. 100 relay shards of 100 streams are the design limit of a cluster
 * (10,000 cameras); beyond it more Services and pods would cost the cluster more than they carry.
 */
export const MAX_SHARDS = 100;

export interface ShardAssignment {
  /** By the stream's path. */
  shardOf: ReadonlyMap<string, number>;
  /** At least 1: an empty tier is there before its first camera. */
  shardCount: number;
  /** Streams for which no shard has room. */
  unplaced: string[];
}

/**
 * Places streams on shards of at most `perShard`. What is placed stays (`previous`, read back from the plans),
 * but where a lowered `perShard` leaves no room: then those last in the order of their paths move. What is new
 * fills the lowest shards first. Shards in the middle stay though empty, since URLs carry their number; only
 * empty ones at the end vanish.
 */
export function assignToShards(
  paths: Iterable<string>,
  previous: ReadonlyMap<string, number>,
  perShard: number,
): ShardAssignment {
  const sorted = [...new Set(paths)].sort();
  const shardOf = new Map<string, number>();
  const loads: number[] = [];
  for (const path of sorted) {
    const shard = previous.get(path);
    if (shard === undefined || shard >= MAX_SHARDS || (loads[shard] ?? 0) >= perShard) continue;
    place(path, shard);
  }
  const unplaced: string[] = [];
  let candidate = 0;
  for (const path of sorted) {
    if (shardOf.has(path)) continue;
    while (candidate < MAX_SHARDS && (loads[candidate] ?? 0) >= perShard) candidate++;
    if (candidate < MAX_SHARDS) place(path, candidate);
    else unplaced.push(path);
  }
  return { shardOf, shardCount: Math.max(1, loads.length), unplaced };

  function place(path: string, shard: number): void {
    shardOf.set(path, shard);
    loads[shard] = (loads[shard] ?? 0) + 1;
  }
}
