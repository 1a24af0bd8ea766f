import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEvidence } from '../../test/shard-evidence.ts';
import { SIDES } from '../api/labels.ts';
import { decide, listMissing } from './decide.ts';
import { judgeSide } from './judge-side.ts';

const NOW = 1_000_000;

const answer = fc.constantFrom('answers', 'refused', 'silent');
const ago = fc.integer({ min: 0, max: 5_000 }).map((ms) => NOW - ms);
const side = fc.record(
  {
    pod: fc.option(
      fc.record({ isReady: fc.boolean(), isLeaving: fc.boolean(), isNodeCordoned: fc.boolean() }),
      { nil: 'none' as const },
    ),
    agent: fc.option(
      fc.record({ isConnected: fc.boolean(), heardMs: ago, wellMs: ago, isMediamtxUp: fc.boolean() }),
      { nil: 'never' as const },
    ),
    probe: fc.record({ atMs: ago, mediamtx: answer, agent: answer }),
    online: fc.subarray(['a', 'b', 'c']).map((paths) => new Set(paths)),
    isInMaintenance: fc.boolean(),
  },
  { requiredKeys: ['pod', 'agent', 'online'] },
);
const shards = fc
  .record(
    {
      activeSide: fc.constantFrom(...SIDES),
      isUselessWithoutAgent: fc.boolean(),
      attentiveSinceMs: ago,
      requested: fc.constantFrom(...SIDES),
      upgrade: fc.record({ side: fc.constantFrom(...SIDES), unplayed: fc.subarray(['ns/relay a']) }),
      lastReason: fc.constantFrom('Requested', 'Failback'),
      primary: side,
      backup: side,
    },
    { requiredKeys: ['activeSide', 'isUselessWithoutAgent', 'attentiveSinceMs', 'primary', 'backup'] },
  )
  .map((changes) => buildEvidence(NOW, changes));
const memories = fc.record(
  {
    downSinceMs: ago,
    lessSinceMs: ago,
    carriedSinceMs: fc.constant(NOW - 10_000),
    wholeSinceMs: fc.constant(NOW - 120_000),
  },
  { requiredKeys: [] },
);

describe('whatever the evidence', () => {
  it('a switch never goes to a side that is not there, nor from one that serves to one that serves less', () => {
    const property = fc.property(shards, memories, (shard, memory) => {
      const wanted = decide(shard, memory, NOW).switch;
      if (wanted === undefined) return;
      expect(wanted.to).not.toBe(shard.activeSide);
      const [from, to] = [shard.sides[shard.activeSide], shard.sides[wanted.to]];
      expect(to.pod).toBeDefined();
      const isDown = judgeSide(from, shard, NOW).state === 'down';
      if (!isDown) {
        expect(listMissing(from, to)).toEqual([]);
        expect(judgeSide(to, shard, NOW).state).toBe('well');
      }
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  it('a shard is looked at again in time, and never at once without end', () => {
    const property = fc.property(shards, memories, (shard, memory) => {
      const first = decide(shard, memory, NOW);
      expect(first.wakeMs).toBeGreaterThan(first.switch === undefined ? NOW : 0);
      const isWatched = SIDES.every((each) => judgeSide(shard.sides[each], shard, NOW).state === 'well');
      if (isWatched) expect(first.wakeMs).toBeLessThanOrEqual(NOW + 900);
    });
    fc.assert(property, { numRuns: 10_000 });
  });
});
