import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import type { AuthRequest } from './auth-request.ts';
import { AuthServer } from './auth-server.ts';

let port: number;
let server: AuthServer;
let verdicts: string[];

beforeEach(async () => {
  [port = 0] = await findFreePorts(1);
  verdicts = [];
  server = new AuthServer({
    listener: { port },
    decide: (request) =>
      request.user === 'gate'
        ? { allowed: true, as: 'camera', digest: '' }
        : { allowed: false, reason: 'WrongCredential' },
    onVerdict: (request, verdict) => verdicts.push(`${request.user} ${verdict.allowed}`),
  });
  await server.start();
});
afterEach(() => server.close());

/** As internal/auth/manager.go of MediaMTX 1.20.1 writes it. */
const request: AuthRequest & Record<string, unknown> = {
  ip: '10.0.0.1',
  user: 'gate',
  password: 'p',
  token: '',
  action: 'publish',
  path: 'original/a/b/c',
  protocol: 'rtmp',
  id: 'e4b9a9a4-1f26-4d0c-8a3d-5a0d6f7c9e11',
  query: 'user=gate&pass=p',
  userAgent: '',
};

async function post(body: string): Promise<[status: number, text: string]> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
  return [answer.status, await answer.text()];
}

it('answers by status alone, since MediaMTX logs what it says', async () => {
  expect(await post(JSON.stringify(request))).toEqual([200, '']);
  expect(await post(JSON.stringify({ ...request, user: 'yard' }))).toEqual([401, '']);
  expect(verdicts).toEqual(['gate true', 'yard false']);
});

it.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['another shape', '{"user": 1}'],
  ['an unknown action', JSON.stringify({ ...request, action: 'dance' })],
])('lets nobody in on %s', async (_name, body) => {
  expect(await post(body)).toEqual([400, '']);
});

it('cuts off a request without end', async () => {
  await expect(post('x'.repeat(1024 * 1024))).rejects.toThrow();
  expect(await post(JSON.stringify(request))).toEqual([200, '']);
});
