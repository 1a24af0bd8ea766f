import { describe, expect, it } from 'vitest';
import { buildReadySide, buildShard } from '../../test/tier-builders.ts';
import type { Condition } from '../api/condition.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { Problem } from '../topology/problem.ts';
import { describeTierStatus } from './tier-status.ts';

const problem: Problem = {
  reason: 'SecretNotFound',
  field: 'spec.viewers.credentialsSecretRefs[0]',
  message: 'there is no Secret yard/none',
  remedy: 'make it',
};
const whole = buildShard({ primary: buildReadySide('a'), backup: buildReadySide('b') });

function describeOne(shard: ObservedShard, problems: Problem[] = [], previous?: Condition[], nowMs = 0) {
  const shards = [{ observed: shard, streams: 3 }];
  return describeTierStatus(
    {
      title: 'MasterRelay yard/main',
      generation: 4,
      previous: { conditions: previous },
      problems,
      pending: [],
      words: [],
      shards,
    },
    nowMs,
  );
}

function say({ conditions }: { conditions: Condition[] }) {
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

describe("a tier's conditions", () => {
  it.each([
    {
      what: 'both sides ready on two nodes',
      shard: whole,
      says: {
        Ready: 'True Ready',
        Reconciling: 'False Settled',
        Stalled: 'False Settled',
        Redundant: 'True BothSides',
      },
    },
    {
      what: 'both sides ready on one node',
      shard: buildShard({ primary: buildReadySide('a'), backup: buildReadySide('a') }),
      says: {
        Ready: 'True Ready',
        Reconciling: 'False Settled',
        Stalled: 'False Settled',
        Redundant: 'False OneNode',
      },
    },
    {
      what: 'one side ready',
      shard: buildShard({ primary: buildReadySide('a') }),
      says: {
        Ready: 'True Ready',
        Reconciling: 'False Settled',
        Stalled: 'False Settled',
        Redundant: 'False SideNotReady',
      },
    },
    {
      what: 'no side ready',
      shard: buildShard(),
      says: {
        Ready: 'False PodsNotReady',
        Reconciling: 'True PodsNotReady',
        Stalled: 'False Settled',
        Redundant: 'False SideNotReady',
      },
    },
    {
      what: 'a side being rolled out',
      shard: buildShard({
        primary: buildReadySide('a'),
        backup: buildReadySide('b', { deployment: { isReady: true, isRollingOut: true } }),
      }),
      says: {
        Ready: 'False RollingOut',
        Reconciling: 'True RollingOut',
        Stalled: 'False Settled',
        Redundant: 'True BothSides',
      },
    },
  ])('with $what', ({ shard, says }) => {
    expect(say(describeOne(shard))).toEqual(says);
  });

  it('are never Reconciling and Stalled together, and name the field and the remedy', () => {
    const { conditions } = describeOne(buildShard(), [problem]);
    expect(say({ conditions })).toMatchObject({
      Ready: 'False SecretNotFound',
      Reconciling: 'False Settled',
      Stalled: 'True SecretNotFound',
    });
    expect(conditions.find(({ type }) => type === 'Stalled')?.message).toBe(
      'spec.viewers.credentialsSecretRefs[0]: there is no Secret yard/none; make it.',
    );
  });

  it('count problems beyond the first few, and name the same one once', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({
      ...problem,
      field: `spec.cameras[${index % 8}]`,
    }));
    const stalled = describeOne(whole, many).conditions.find(({ type }) => type === 'Stalled');
    expect(stalled?.message).toMatch(/^spec\.cameras\[0\]: .* And 3 more\.$/);
  });

  it('keep the time of their last transition until their status changes', () => {
    const first = describeOne(whole, [], undefined, 1_000_000).conditions;
    expect(describeOne(whole, [], first, 9_000_000).conditions).toEqual(first);
    const later = describeOne(buildShard({ primary: buildReadySide('a') }), [], first, 9_000_000).conditions;
    const times = Object.fromEntries(later.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
    expect(times).toEqual({
      Ready: '1970-01-01T00:16:40Z',
      Reconciling: '1970-01-01T00:16:40Z',
      Stalled: '1970-01-01T00:16:40Z',
      Redundant: '1970-01-01T02:30:00Z',
    });
    expect(later.every(({ observedGeneration }) => observedGeneration === 4)).toBe(true);
  });
});
