import type { Leg, PlannedPath } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { diffLegs, diffPaths } from './plan-difference.ts';

const pushed = (name: string, password = 'p'): PlannedPath => ({
  path: `original/a/b/${name}`,
  source: { from: 'publish', credentials: [{ user: name, password }] },
});
const pulled = (name: string, legs: Leg[] = [leg('primary')]): PlannedPath => ({
  path: `original/a/b/${name}`,
  source: { from: 'legs', legs },
});
function leg(id: string, more: Partial<Leg> = {}): Leg {
  return { id, url: `rtsp://${id}:8554/original/a/b/c`, ...more };
}
const names = (paths: readonly PlannedPath[]) => paths.map((path) => path.path.at(-1)).join('');

describe('the difference of two plans', () => {
  it.each<[string, PlannedPath[], PlannedPath[], string]>([
    ['nothing', [pushed('a'), pulled('b')], [pulled('b'), pushed('a')], '-|+|~'],
    ['an added and a removed path', [pushed('a'), pushed('b')], [pushed('b'), pushed('c')], '-a|+c|~'],
    ['a changed credential', [pushed('a'), pushed('b')], [pushed('a', 'q'), pushed('b')], '-|+|~a'],
    ['another origin', [pushed('a')], [pulled('a')], '-a|+a|~'],
    ['changed legs', [pulled('a')], [pulled('a', [leg('backup')])], '-|+|~a'],
  ])('%s', (_name, before, after, expected) => {
    const { closed, opened, altered } = diffPaths(before, after);
    const text = `-${names(closed)}|+${names(opened)}|~${names(altered)}`;
    expect(text).toBe(expected);
  });

  it('of legs names those to close and those to open, and leaves the others', () => {
    const primary = leg('primary', { credential: { user: 'u', password: 'p' }, workload: 'a/x' });
    const backup = leg('backup');
    expect(diffLegs([primary, backup], [backup, { ...primary, workload: 'a/y' }])).toEqual({
      closed: [],
      opened: [],
    });
    const rotated = { ...primary, credential: { user: 'u', password: 'q' } };
    expect(diffLegs([primary, backup], [rotated, backup])).toEqual({
      closed: ['primary'],
      opened: [rotated],
    });
    const moved = leg('backup', { url: 'rtsp://other/original/a/b/c' });
    expect(diffLegs([primary, backup], [primary, moved])).toEqual({ closed: ['backup'], opened: [moved] });
    expect(diffLegs([primary, backup], [primary])).toEqual({ closed: ['backup'], opened: [] });
  });
});
