import { X509Certificate } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServer } from '../../test/api-server.ts';
import { LeaseLostError } from '../kube/api-error.ts';
import { type Clock, systemClock } from '../kube/clock.ts';
import { closedGuard, openGuard } from '../kube/write-guard.ts';
import { makeOperatorMetrics } from '../metrics/operator-metrics.ts';
import { FEED_TLS_SECRET, FeedCertificate } from './certificate.ts';
import { SERVER_LIFE_DAYS } from './certificate-material.ts';

const HOST = 'cupola-feed.default.svc';
const PATH = `/api/v1/namespaces/default/secrets/${FEED_TLS_SECRET}`;
const DAY_MS = 86_400_000;

describe("the feed's certificate", () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await server
      .client()
      .request('DELETE', PATH)
      .catch(() => {});
  });

  /** As a replica whose calendar is some days ahead. */
  function makeCertificate(aheadDays = 0): FeedCertificate {
    const clock: Clock = { ...systemClock, wallMs: () => Date.now() + aheadDays * DAY_MS };
    return new FeedCertificate({
      client: server.client('operator'),
      namespace: 'default',
      hosts: [HOST],
      clock,
      logger: pino({ level: 'silent' }),
      metrics: makeOperatorMetrics(),
    });
  }

  it('is the same for two replicas that start together', async () => {
    const replicas = [makeCertificate(), makeCertificate(), makeCertificate()];
    await Promise.all(replicas.map((replica) => replica.ensure(undefined)));
    expect(new Set(replicas.map(({ caBundle }) => caBundle)).size).toBe(1);
    expect(new Set(replicas.map(({ server: { cert } }) => cert)).size).toBe(1);
  });

  it('is made anew where somebody broke the Secret', async () => {
    await makeCertificate().ensure(undefined);
    await server.client().request('PATCH', PATH, {
      contentType: 'application/merge-patch+json',
      body: { data: { 'tls.crt': Buffer.from('broken').toString('base64') } },
    });
    const replica = makeCertificate();
    await replica.ensure(undefined);
    expect(new X509Certificate(replica.server.cert).checkHost(HOST)).toBe(HOST);
  });

  it('is renewed by the leader before its end, and followed by the others; open to no other writer', async () => {
    const follower = makeCertificate();
    await follower.ensure(undefined);
    expect(await follower.rotate(openGuard)).toBe('none');
    const leader = makeCertificate(SERVER_LIFE_DAYS * 0.8);
    await leader.ensure(undefined);
    await expect(leader.rotate(closedGuard)).rejects.toThrow(LeaseLostError);
    let changes = 0;
    follower.onChange(() => changes++);
    const before = follower.server.cert;
    expect(await leader.rotate(openGuard)).toBe('renew-server');
    follower.take((await server.client().request('GET', PATH)) as Parameters<FeedCertificate['take']>[0]);
    expect(follower.server.cert).not.toBe(before);
    expect(follower.server.cert).toBe(leader.server.cert);
    expect(follower.caBundle).toBe(leader.caBundle);
    expect(changes).toBe(1);
  });
});
