import { afterEach, expect, it } from 'vitest';
import { HealthServer } from './health-server.ts';

const report = { ok: true, detail: {} };
let server: HealthServer;
afterEach(() => server.close());

it('answers 500 where a page cannot be made, and goes on', async () => {
  server = new HealthServer({
    port: 0,
    host: '127.0.0.1',
    live: () => report,
    ready: () => report,
    metrics: () => Promise.reject(new Error('no figures')),
  });
  await server.start();
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  expect((await get('/metrics')).status).toBe(500);
  expect((await get('/healthz')).status).toBe(200);
});
