import type { PathState } from '@cupola/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_PATHS, PathStateRegistry } from './path-state-registry.ts';

const WORKLOAD = 'ns/factory-0-primary';
const OLD = { uid: 'old', created: '2030-01-01T00:00:00Z' };
const NEW = { uid: 'new', created: '2030-01-02T00:00:00Z' };

const state = (path: string, online: boolean): PathState => ({ path, online, sinceMs: 1, tracks: [] });

describe('the path states', () => {
  let registry: PathStateRegistry;
  let told: string[];

  beforeEach(() => {
    registry = new PathStateRegistry(() => performance.now());
    told = [];
    registry.onChange((workload, paths) => told.push(`${workload}: ${paths.join(' ')}`));
    registry.connect(WORKLOAD, OLD, 1);
  });

  const say = (uid: string, paths: PathState[], complete = false) =>
    registry.take(WORKLOAD, uid, { type: 'states', complete, paths });
  const online = (path: string) => registry.get(WORKLOAD)?.paths.get(path)?.online;

  it('are unknown before an agent has spoken', () => {
    expect(registry.get('ns/other')).toBeUndefined();
  });

  it('take what changed, and drop what a complete list does not name', () => {
    say('old', [state('a', true), state('b', false)], true);
    say('old', [state('b', true)]);
    say('old', [state('b', true)], true);
    expect(online('a')).toBeUndefined();
    expect(online('b')).toBe(true);
    expect(told).toEqual([`${WORKLOAD}: `, `${WORKLOAD}: a b`, `${WORKLOAD}: b`, `${WORKLOAD}: a`]);
  });

  it('tell nobody of what is as it was', () => {
    say('old', [state('a', true)], true);
    const before = told.length;
    say('old', [state('a', true)], true);
    registry.take(WORKLOAD, 'old', {
      type: 'heartbeat',
      planRevision: 1,
      mediamtxUp: false,
      mediamtxQuietMs: 0,
    });
    expect(told).toHaveLength(before);
    registry.take(WORKLOAD, 'old', {
      type: 'heartbeat',
      planRevision: 2,
      mediamtxUp: true,
      mediamtxQuietMs: 300,
    });
    expect(told.at(-1)).toBe(`${WORKLOAD}: `);
    const heard = registry.get(WORKLOAD);
    expect(heard).toMatchObject({ planRevision: 2, mediamtxUp: true, wellMs: (heard?.heardMs ?? 0) - 300 });
  });

  it('stand after a disconnection, as the last word, until the workload is forgotten', () => {
    say('old', [state('a', true)], true);
    registry.disconnect(WORKLOAD, 'old');
    expect(registry.get(WORKLOAD)?.connected).toBe(false);
    expect(online('a')).toBe(true);
    registry.connect(WORKLOAD, OLD, 1);
    expect(online('a')).toBe(true);
    registry.disconnect(WORKLOAD, 'old');
    registry.forget(WORKLOAD);
    expect(registry.get(WORKLOAD)).toBeUndefined();
  });

  it('are not those of a pod that was there before', () => {
    say('old', [state('a', true)], true);
    registry.disconnect(WORKLOAD, 'old');
    registry.connect(WORKLOAD, NEW, 1);
    expect(online('a')).toBeUndefined();
  });

  it('are the younger pod’s while two are connected, whichever connected last', () => {
    say('old', [state('a', true)], true);
    registry.connect(WORKLOAD, NEW, 1);
    say('new', [state('a', false)], true);
    say('old', [state('a', true)]);
    expect(online('a')).toBe(false);
    registry.disconnect(WORKLOAD, 'old');
    registry.connect(WORKLOAD, OLD, 1);
    say('old', [state('a', true)], true);
    expect(online('a')).toBe(false);
    registry.disconnect(WORKLOAD, 'new');
    expect(online('a')).toBe(true);
  });

  it('say of an agent that names more paths than any plan has that it must go', () => {
    const many = Array.from({ length: MAX_PATHS + 1 }, (_, i) => state(`p${i}`, true));
    expect(say('old', many.slice(1), true)).toBe(true);
    expect(say('old', many.slice(0, 1))).toBe(false);
  });
});
