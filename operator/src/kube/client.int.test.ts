import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ApiUnreachableError } from './api-error.ts';
import { KubeClient } from './client.ts';

let server: http.Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

it('quotes nothing of an answer that cannot be read: it may be a Secret', async () => {
  server = http.createServer((_, response) => response.end('{"data":{"password":hunter2}}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new KubeClient({
    getCurrentCluster: () => ({ name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }),
    applyToHTTPSOptions: async () => {},
  });
  const answer = client.request('GET', '/api/v1/namespaces/a/secrets/b');
  const failed = (await answer.catch((error: unknown) => error)) as Error;
  expect(failed).toBeInstanceOf(ApiUnreachableError);
  expect(`${failed.message} ${failed.cause}`).not.toContain('hunter2');
  client.close();
});
