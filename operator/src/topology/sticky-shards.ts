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
}

export interface ShardedItems<T> {
  /** At least one, in the order of their numbers; what is on each in the order of their paths. */
  shards: T[][];
  /** Those for which no shard has room. */
  unplaced: T[];
}

/** What has these paths, as `assignToShards` places them. */
export function distributeToShards<T>(
  items: ReadonlyMap<string, T>,
  previous: ReadonlyMap<string, number>,
  perShard: number,
): ShardedItems<T> {
  const { shardOf, shardCount } = assignToShards(items.keys(), previous, perShard);
  const shards: T[][] = Array.from({ length: shardCount }, () => []);
  const unplaced: T[] = [];
  for (const [path, item] of [...items].sort(([a], [b]) => (a < b ? -1 : 1))) {
    (shards[shardOf.get(path) ?? -1] ?? unplaced).push(item);
  }
  return { shards, unplaced };
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
  let candidate = 0;
  for (const path of sorted) {
    if (shardOf.has(path)) continue;
    while (candidate < MAX_SHARDS && (loads[candidate] ?? 0) >= perShard) candidate++;
    if (candidate === MAX_SHARDS) break;
    place(path, candidate);
  }
  return { shardOf, shardCount: Math.max(1, loads.length) };

  function place(path: string, shard: number): void {
    shardOf.set(path, shard);
    loads[shard] = (loads[shard] ?? 0) + 1;
  }
}
