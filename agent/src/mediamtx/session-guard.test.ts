import type { MediaPlan } from '@cupola/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthRequest } from './auth-request.ts';
import { authorise } from './authorise.ts';
import type { Session, SessionProtocol } from './session.ts';
import { SessionGuard } from './session-guard.ts';

const PATH = 'original/plant/north/gate';

function planWith(revision: number, password: string | undefined): MediaPlan {
  const credentials = [{ user: 'gate', password: password ?? '' }];
  const paths =
    password === undefined ? [] : [{ path: PATH, source: { from: 'publish' as const, credentials } }];
  return { revision, workload: 'a/b', paths, readers: [], openToReaders: false, holdMs: 0, drainMs: 0 };
}

describe('the session guard', () => {
  let nowMs: number;
  let listed: Session[];
  let kicks: string[];
  let isAway: boolean;
  let guard: SessionGuard;

  beforeEach(() => {
    nowMs = 0;
    listed = [];
    kicks = [];
    isAway = false;
    guard = new SessionGuard({
      nowMs: () => nowMs,
      onKicked: () => undefined,
      api: {
        listSessions: async (protocol: SessionProtocol) => {
          if (isAway) throw new Error('away');
          if (protocol === 'hls') throw Object.assign(new Error('off'), { status: 404 });
          return listed.filter((session) => session.protocol === protocol);
        },
        kick: async ({ id }) => {
          if (isAway) throw new Error('away');
          kicks.push(id);
          const wasThere = listed.some((session) => session.id === id);
          listed = listed.filter((session) => session.id !== id);
          return wasThere;
        },
      },
    });
  });

  function letIn(id: string, password: string, isListed = true): void {
    const common = { protocol: 'rtmp', action: 'publish', path: PATH, user: 'gate' } as const;
    const request: AuthRequest = { ...common, id, ip: '10.0.0.1', password };
    guard.remember(request, authorise(planWith(1, password), 'x', request));
    if (isListed) listed.push({ ...common, id });
  }

  it('kicks what the new plan does not allow, and that alone', async () => {
    letIn('old', 'old');
    letIn('new', 'new');
    await guard.enforce(planWith(2, 'new'));
    expect(kicks).toEqual(['old']);
    await guard.enforce(planWith(2, 'new'));
    expect(kicks).toEqual(['old']);
  });

  it('kicks a session that is only just beginning, as soon as MediaMTX knows it', async () => {
    letIn('early', 'old', false);
    await guard.enforce(planWith(2, 'new'));
    listed.push({ id: 'early', protocol: 'rtmp', action: 'publish', path: PATH, user: 'gate' });
    await guard.enforce(planWith(2, 'new'));
    expect(listed).toEqual([]);
    expect(guard.kicked).toBe(1);
  });

  it('catches up when MediaMTX was away, and still knows what the plan before had', async () => {
    listed.push({ id: 'foreign', protocol: 'srt', action: 'publish', path: PATH, user: 'gate' });
    await guard.enforce(planWith(1, 'old'));
    isAway = true;
    await expect(guard.enforce(planWith(2, 'new'))).rejects.toThrow();
    isAway = false;
    await guard.enforce(planWith(2, 'new'));
    expect(kicks).toEqual(['foreign']);
  });

  it('knows what an earlier run was sure of', async () => {
    listed.push({ id: 'foreign', protocol: 'srt', action: 'publish', path: PATH, user: 'gate' });
    guard.resume(planWith(1, 'old'));
    await guard.enforce(planWith(1, 'old'));
    expect(kicks).toEqual([]);
    await guard.enforce(planWith(2, 'new'));
    expect(kicks).toEqual(['foreign']);
  });

  it('forgets sessions that have ended', async () => {
    letIn('a', 'old');
    listed = [];
    await guard.enforce(planWith(1, 'old'));
    expect(guard.rememberedCount).toBe(1);
    nowMs = 30_001;
    await guard.enforce(planWith(1, 'old'));
    expect(guard.rememberedCount).toBe(0);
  });
});
