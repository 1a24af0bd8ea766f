import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignToShards, distributeToShards, MAX_SHARDS, type ShardAssignment } from './sticky-shards.ts';

const paths = fc.uniqueArray(
  fc.nat(60).map((number) => `original/yard/dock/${number}`),
  { maxLength: 40 },
);
const perShard = fc.integer({ min: 1, max: 5 });
/** What an operator sees one after the other, each with the plans that the one before has left. */
const edits = fc.array(fc.tuple(paths, perShard), { minLength: 1, maxLength: 8 });
const NOTHING: ReadonlyMap<string, number> = new Map();

function countLoads({ shardOf, shardCount }: ShardAssignment): number[] {
  const loads = Array.from({ length: shardCount }, () => 0);
  for (const shard of shardOf.values()) loads[shard]! += 1;
  return loads;
}

describe('assignToShards, through any sequence of edits', () => {
  it('places everything once within the bounds, and has no empty shard at the end', () => {
    fc.assert(
      fc.property(edits, (sequence) => {
        let previous = NOTHING;
        for (const [wanted, limit] of sequence) {
          const assignment = assignToShards(wanted, previous, limit);
          expect([...assignment.shardOf.keys()].sort()).toEqual(wanted.toSorted());
          const loads = countLoads(assignment);
          expect(Math.max(...loads)).toBeLessThanOrEqual(limit);
          if (loads.length > 1) expect(loads.at(-1)).toBeGreaterThan(0);
          previous = assignment.shardOf;
        }
      }),
    );
  });

  it('moves nothing while the limit does not fall', () => {
    fc.assert(
      fc.property(fc.array(paths, { minLength: 2, maxLength: 8 }), perShard, (sequence, limit) => {
        let previous = NOTHING;
        for (const wanted of sequence) {
          const { shardOf } = assignToShards(wanted, previous, limit);
          for (const [path, shard] of previous) if (shardOf.has(path)) expect(shardOf.get(path)).toBe(shard);
          previous = shardOf;
        }
      }),
    );
  });

  it('changes nothing when it is asked again, in whatever order', () => {
    fc.assert(
      fc.property(edits, (sequence) => {
        let previous = NOTHING;
        for (const [wanted, limit] of sequence) {
          const assignment = assignToShards(wanted, previous, limit);
          expect(assignToShards(wanted.toReversed(), assignment.shardOf, limit)).toEqual(assignment);
          expect(assignToShards(wanted.toReversed(), previous, limit)).toEqual(assignment);
          previous = assignment.shardOf;
        }
      }),
    );
  });

  it('moves only what is beyond a limit that falls', () => {
    fc.assert(
      fc.property(paths, perShard, perShard, (wanted, before, after) => {
        const { shardOf: previous } = assignToShards(wanted, NOTHING, before);
        const { shardOf } = assignToShards(wanted, previous, after);
        const moved = [...previous].filter(([path, shard]) => shardOf.get(path) !== shard);
        const excess = countLoads(assignToShards(wanted, NOTHING, before)).map((load) =>
          Math.max(0, load - after),
        );
        expect(moved.length).toBe(excess.reduce((sum, load) => sum + load, 0));
      }),
    );
  });

  it('fills the lowest shards first', () => {
    fc.assert(
      fc.property(paths, paths, perShard, (first, second, limit) => {
        const { shardOf: previous } = assignToShards(first, NOTHING, limit);
        const assignment = assignToShards(second, previous, limit);
        const loads = countLoads(assignment);
        for (const [path, shard] of assignment.shardOf) {
          if (previous.has(path)) continue;
          for (const lower of loads.slice(0, shard)) expect(lower).toBe(limit);
        }
      }),
    );
  });
});

describe('assignToShards', () => {
  it('keeps one empty shard, and places no more than all shards take', () => {
    expect(assignToShards([], NOTHING, 40)).toEqual({ shardOf: new Map(), shardCount: 1 });
    const many = Array.from(
      { length: MAX_SHARDS * 2 + 1 },
      (_, index) => `path-${String(index).padStart(3, '0')}`,
    );
    const { shards, unplaced } = distributeToShards(new Map(many.map((path) => [path, path])), NOTHING, 2);
    expect([shards.flat(), shards.length, unplaced]).toEqual([many.slice(0, -1), MAX_SHARDS, many.slice(-1)]);
  });
});
