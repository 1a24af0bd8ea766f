import type { MediaPlan } from '@cupola/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { PlanKeeper } from './plan-keeper.ts';

const WORKLOAD = 'site-a/north-factory-0-primary';

function plan(revision: number, extra: Partial<MediaPlan> = {}): MediaPlan {
  return {
    revision,
    workload: WORKLOAD,
    paths: [],
    readers: [],
    openToReaders: false,
    holdMs: 0,
    drainMs: 0,
    ...extra,
  };
}

describe('the plan in force', () => {
  let events: string[];
  let keeper: PlanKeeper;

  beforeEach(() => {
    events = [];
    keeper = new PlanKeeper(WORKLOAD, {
      onPlan: (next, previous, origin) => events.push(`${origin} ${previous?.revision} -> ${next.revision}`),
      onProblem: (problem, origin) => events.push(`${origin}: ${problem}`),
    });
  });

  it('is the one with the greatest revision, wherever it came from', () => {
    keeper.offerText(JSON.stringify(plan(5)), 'durable');
    keeper.offerText(JSON.stringify(plan(4)), 'mounted');
    keeper.offer(plan(7), 'feed');
    keeper.offer(plan(7), 'mounted');
    expect(events).toEqual(['durable undefined -> 5', 'feed 5 -> 7']);
    expect(keeper.revision).toBe(7);
  });

  it('stays when something that is no plan is offered, and the problem is said once', () => {
    keeper.offer(plan(5), 'mounted');
    keeper.offerText('{', 'mounted');
    keeper.offerText('{', 'mounted');
    expect(events).toEqual(['mounted undefined -> 5', 'mounted: the text is not JSON']);
    expect(keeper.refused).toBe(2);
    expect(keeper.revision).toBe(5);
  });

  it('may come from an older operator, and from a newer one', () => {
    const { holdMs: _, drainMs: __, ...older } = plan(5);
    keeper.offer(older, 'mounted');
    expect(keeper.inForce).toEqual(plan(5, { holdMs: 30_000, drainMs: 0 }));
    const path = {
      path: 'original/a/b/c',
      source: { from: 'legs', legs: [{ id: 'a', url: 'rtsp://a/b', x: 1 }] },
    };
    keeper.offer({ ...plan(6), colour: 'red', paths: [{ ...path, shape: 'round' }] }, 'feed');
    expect(keeper.inForce?.paths[0]?.source).toEqual({
      from: 'legs',
      legs: [{ id: 'a', url: 'rtsp://a/b' }],
    });
    expect(keeper.refused).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ['another workload', plan(9, { workload: 'site-b/x' }), 'the plan is for site-b/x, this pod belongs to'],
    [
      'a path twice',
      plan(9, {
        paths: [1, 2].map(() => ({
          path: 'original/a/b/c',
          source: { from: 'publish', credentials: [{ user: 'c', password: 'p' }] },
        })),
      }),
      'lists the path original/a/b/c twice',
    ],
    ['a secret in the wrong place', { ...plan(9), readers: 'hunter2' }, 'does not fit its schema at readers'],
    ['a path outside the two trees', { ...plan(9), paths: [{ path: 'x', source: {} }] }, 'at paths.0'],
  ])('refuses %s', (_name, value, problem) => {
    keeper.offer(value, 'feed');
    expect(events).toHaveLength(1);
    expect(events[0]).toContain(problem);
    expect(events[0]).not.toContain('hunter2');
    expect(keeper.inForce).toBeUndefined();
  });
});
