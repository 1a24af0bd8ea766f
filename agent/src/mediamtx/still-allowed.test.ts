import type { Credential, MediaPlan } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { digestOf } from './authorise.ts';
import type { Session } from './session.ts';
import { isStillAllowed } from './still-allowed.ts';

const PATH = 'original/plant/north/gate';
const OLD = { user: 'gate', password: 'old' };
const NEW = { user: 'gate', password: 'new' };

function planWith(cameras: Credential[], readers: Credential[] = [], openToReaders = false): MediaPlan {
  return {
    revision: 1,
    workload: 'a/b',
    paths: cameras.length > 0 ? [{ path: PATH, source: { from: 'publish', credentials: cameras } }] : [],
    readers: readers.map((credential) => ({ credential, paths: ['original/'] })),
    openToReaders,
    holdMs: 0,
    drainMs: 0,
  };
}

function session(action: Session['action'], credential: Credential, isKnown = true): Session {
  const base = { id: '1', protocol: 'rtmp', action, path: PATH, user: credential.user } as const;
  return isKnown ? { ...base, digest: digestOf(credential) } : base;
}

describe('a session after a change of the plan', () => {
  it.each<[string, boolean, MediaPlan, Session]>([
    ['a camera whose credential stays', true, planWith([OLD]), session('publish', OLD)],
    ['a camera that uses the old one during an overlap', true, planWith([NEW, OLD]), session('publish', OLD)],
    ['a camera that uses the old one after it', false, planWith([NEW]), session('publish', OLD)],
    ['a camera that uses the new one after an overlap', true, planWith([NEW]), session('publish', NEW)],
    ['a removed camera', false, planWith([]), session('publish', OLD)],
    ['a reader that stays', true, planWith([], [OLD]), session('read', OLD)],
    ['a removed reader', false, planWith([OLD], []), session('read', OLD)],
    [
      'a reader without a credential when reading is closed',
      false,
      planWith([], [OLD]),
      session('read', { user: '', password: '' }),
    ],
    [
      'anybody while reading is open',
      true,
      planWith([], [], true),
      session('read', { user: '', password: '' }),
    ],
  ])('%s may stay: %s', (_name, expected, plan, live) => {
    expect(isStillAllowed(plan, undefined, live)).toBe(expected);
  });

  it('is judged by its user alone when an earlier run of the agent let it in', () => {
    const live = session('publish', OLD, false);
    expect(isStillAllowed(planWith([NEW]), undefined, live)).toBe(true);
    expect(isStillAllowed(planWith([{ user: 'other', password: 'old' }]), undefined, live)).toBe(false);
  });

  it('from an earlier run ends when its password changed since the last plan', () => {
    const live = session('publish', OLD, false);
    expect(isStillAllowed(planWith([NEW]), planWith([OLD]), live)).toBe(false);
    expect(isStillAllowed(planWith([NEW]), planWith([OLD, NEW]), live)).toBe(true);
  });
});
