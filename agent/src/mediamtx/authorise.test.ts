import type { MediaPlan } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { buildEncoding } from '../../test/encodings.ts';
import type { AuthRequest } from './auth-request.ts';
import { AGENT_USER, authorise } from './authorise.ts';

const AGENT_PASSWORD = 'in-memory';
const PUSHED = 'original/plant/north/gate';
const PULLED = 'original/plant/north/dock';
const ENCODED = 'original/plant/north/yard';
const RENDITION = 'compressed/plant/north/yard/low';

const plan: MediaPlan = {
  revision: 1,
  workload: 'plant/north-factory-0-primary',
  paths: [
    {
      path: PUSHED,
      source: {
        from: 'publish',
        credentials: [
          { user: 'gate', password: 'new' },
          { user: 'gate', password: 'old' },
        ],
      },
    },
    { path: PULLED, source: { from: 'legs', legs: [{ id: 'camera', url: 'rtsp://10.0.0.9/1' }] } },
    { path: ENCODED, source: { from: 'publish', credentials: [{ user: 'yard', password: 'y' }] } },
    {
      path: RENDITION,
      source: { from: 'transcode', input: ENCODED, encoding: buildEncoding(), memoryMiB: 256 },
    },
  ],
  readers: [
    { credential: { user: 'tier-relay', password: 't' }, paths: ['original/plant/', 'compressed/plant/'] },
    { credential: { user: 'guard', password: 'g' }, paths: [PULLED] },
  ],
  openToReaders: false,
  holdMs: 0,
  drainMs: 0,
};

function ask(request: Partial<AuthRequest>, inForce: MediaPlan | 'none' = plan): string {
  const verdict = authorise(inForce === 'none' ? undefined : inForce, AGENT_PASSWORD, {
    ip: '10.1.2.3',
    user: '',
    password: '',
    action: 'read',
    path: PUSHED,
    protocol: 'rtsp',
    id: null,
    ...request,
  });
  return verdict.allowed ? verdict.as : verdict.reason;
}

const agent = { user: AGENT_USER, password: AGENT_PASSWORD, ip: '127.0.0.1' };
const publish = { action: 'publish' } as const;

describe('authorise', () => {
  it.each<[string, Partial<AuthRequest>, string]>([
    ['the agent publishing what its encoders make', { ...agent, ...publish, path: RENDITION }, 'agent'],
    ['the agent reading what its encoders read', { ...agent, path: ENCODED }, 'agent'],
    ['it from elsewhere', { ...agent, path: ENCODED, ip: '10.1.2.3' }, 'NotLocal'],
    ['a camera with its credential', { ...publish, user: 'gate', password: 'new' }, 'camera'],
    ['a camera with the credential being replaced', { ...publish, user: 'gate', password: 'old' }, 'camera'],
    ['a camera with a wrong password', { ...publish, user: 'gate', password: 'newer' }, 'WrongCredential'],
    ['a camera without a credential', publish, 'NoCredential'],
    [
      'a camera on a path that is not its own',
      { ...publish, user: 'gate', password: 'new', path: PULLED },
      'UnknownPath',
    ],
    [
      'a camera on a path that is not planned',
      { ...publish, user: 'gate', password: 'new', path: 'original/x' },
      'UnknownPath',
    ],
    ['a reader that publishes', { ...publish, user: 'tier-relay', password: 't' }, 'WrongCredential'],
    ['a camera that reads', { user: 'gate', password: 'new' }, 'WrongCredential'],
    ['a reader under its prefix', { user: 'tier-relay', password: 't' }, 'reader'],
    ['a reader by HLS', { user: 'tier-relay', password: 't', protocol: 'hls' }, 'reader'],
    [
      'a reader beside its prefix',
      { user: 'tier-relay', password: 't', path: 'original/plantation/a' },
      'NotAllowed',
    ],
    ['a reader of one whole path', { user: 'guard', password: 'g', path: PULLED }, 'reader'],
    ['a reader below its whole path', { user: 'guard', password: 'g', path: `${PULLED}/x` }, 'NotAllowed'],
    [
      'user and password moved into each other',
      { user: 'guar', password: 'dg', path: PULLED },
      'WrongCredential',
    ],
    ['the agent on the API', { ...agent, action: 'api', path: '' }, 'agent'],
    ['the agent by IPv6', { ...agent, ip: '::1', action: 'api', path: '' }, 'agent'],
    ['the agent publishing what it pulls', { ...agent, ...publish, path: PULLED }, 'agent'],
    ['the agent publishing what a camera pushes', { ...agent, ...publish }, 'NotAllowed'],
    ['the agent reading', agent, 'NotAllowed'],
    ['the agent from another pod', { ...agent, ip: '10.1.2.3', action: 'api' }, 'NotLocal'],
    ['the agent with a wrong password', { ...agent, password: 'guess', action: 'api' }, 'WrongCredential'],
    ['anybody on the API', { action: 'api', ip: '127.0.0.1' }, 'NoCredential'],
    [
      'a reader on the API',
      { action: 'api', user: 'tier-relay', password: 't', ip: '127.0.0.1' },
      'NotAllowed',
    ],
    ['a reader of recordings', { action: 'playback', user: 'tier-relay', password: 't' }, 'NotAllowed'],
  ])('%s: %o is %s', (_name, request, expected) => {
    expect(ask(request)).toBe(expected);
  });

  it('lets everybody read where the plan is open, and nobody publish', () => {
    const open = { ...plan, openToReaders: true };
    expect(ask({}, open)).toBe('anybody');
    expect(ask(publish, open)).toBe('NoCredential');
  });

  it('lets nobody but the agent in before there is a plan', () => {
    expect(ask({}, 'none')).toBe('NoPlan');
    expect(ask(publish, 'none')).toBe('NoPlan');
    expect(ask({ ...agent, ...publish, path: PULLED }, 'none')).toBe('NotAllowed');
    expect(ask({ ...agent, action: 'api' }, 'none')).toBe('agent');
  });
});
