import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServer } from '../../test/api-server.ts';
import { needsApply, withAppliedHash } from '../diff/needs-apply.ts';
import { makeOperatorMetrics, type OperatorMetrics } from '../metrics/operator-metrics.ts';
import { ApiError, LeaseLostError } from './api-error.ts';
import { ApiApplier } from './apply.ts';
import { systemClock } from './clock.ts';
import { ApiEventRecorder } from './events.ts';
import type { KubeObject } from './object.ts';
import { closedGuard, openGuard, type WriteGuard } from './write-guard.ts';

type SiteObject = KubeObject & { status?: unknown };

describe('writing', () => {
  let server: ApiServer;
  let metrics: OperatorMetrics;
  let offered: string[];
  let count = 0;
  let name: string;

  beforeAll(async () => {
    server = await ApiServer.start();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    metrics = makeOperatorMetrics();
    offered = [];
    name = `thing-${++count}`;
  });

  function makeApplier(guard: WriteGuard = openGuard): ApiApplier {
    return new ApiApplier({
      client: server.client('operator'),
      guard,
      diff: { needsApply, withAppliedHash },
      metrics,
      offer: (object) => offered.push(`${object.kind} ${object.metadata.name}`),
    });
  }

  const secret = (data: Record<string, string>): KubeObject & { data: Record<string, string> } => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'default', name },
    data,
  });
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const countWrites = async (outcome: string) =>
    (await metrics.applies.get()).values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;

  it('applies what is new and what differs, and sends nothing for what is so already', async () => {
    const applier = makeApplier();
    const made = await applier.apply(secret({ a: encode('1') }), undefined);
    const same = await applier.apply(secret({ a: encode('1') }), made);
    expect(same).toBe(made);
    const changed = await applier.apply<KubeObject & { data?: object }>(secret({ b: encode('2') }), made);
    expect(changed.data).toEqual({ b: encode('2') });
    expect([await countWrites('written'), await countWrites('suppressed')]).toEqual([2, 1]);
    expect(offered).toEqual([`Secret ${name}`, `Secret ${name}`]);
  });

  it('makes what must not be overwritten, or takes what another has made', async () => {
    const applier = makeApplier();
    const mine = await applier.createIfAbsent(secret({ key: encode('mine') }));
    const other = await applier.createIfAbsent(secret({ key: encode('other') }));
    expect(other.data).toEqual(mine.data);
    expect(other.metadata.uid).toBe(mine.metadata.uid);
  });

  it('replaces a status by what differs, with members removed, and leaves one that is so already', async () => {
    const applier = makeApplier();
    const site = (await server
      .client()
      .request('POST', '/apis/cupola.dev/v1alpha1/namespaces/default/sites', {
        body: { apiVersion: 'cupola.dev/v1alpha1', kind: 'Site', metadata: { name }, spec: { cameras: [] } },
      })) as SiteObject;
    const first = await applier.applyStatus(site, {
      online: '1/2',
      observedGeneration: 1,
      viewersSecret: 'a',
    });
    const second = await applier.applyStatus(first, { online: '2/2', observedGeneration: 1 });
    expect(second.status).toEqual({ online: '2/2', observedGeneration: 1 });
    expect(await applier.applyStatus(second, { observedGeneration: 1, online: '2/2' })).toBe(second);
  });

  it('deletes that very object, and takes it easy where it is gone or another', async () => {
    const applier = makeApplier();
    const old = await applier.apply(secret({ a: encode('1') }), undefined);
    expect(await applier.delete(old)).toBe(true);
    expect(await applier.delete(old)).toBe(false);
    const another = await applier.apply(secret({ a: encode('1') }), undefined);
    expect(await applier.delete(old)).toBe(false);
    expect(await applier.delete(another)).toBe(true);
  });

  it('sends nothing when another replica may lead', async () => {
    const applier = makeApplier(closedGuard);
    await expect(applier.apply(secret({}), undefined)).rejects.toThrow(LeaseLostError);
    expect(await countWrites('refused')).toBe(1);
  });

  it('says what failed on which object, and nothing of what a Secret holds', async () => {
    const error = await makeApplier()
      .apply(secret({ 'not a key!': encode('top secret') }), undefined)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ isInvalid: true, status: 422 });
    expect(String(error)).toContain(name);
    expect(JSON.stringify(error) + String(error)).not.toMatch(/not a key|top secret/);
  });

  it('writes an Event once for the same news of an object, and again after other news', async () => {
    const site = (await server
      .client()
      .request('POST', '/apis/cupola.dev/v1alpha1/namespaces/default/sites', {
        body: { apiVersion: 'cupola.dev/v1alpha1', kind: 'Site', metadata: { name }, spec: { cameras: [] } },
      })) as SiteObject;
    const events = new ApiEventRecorder({
      client: server.client('operator'),
      guard: openGuard,
      instance: 'test',
      clock: systemClock,
      metrics,
      logger: pino({ level: 'silent' }),
    });
    for (const reason of ['Down', 'Down', 'Up', 'Down', 'Down']) {
      events.record(site, { type: 'Normal', reason, message: `it went ${reason}` });
    }
    events.record(site, { type: 'Warning', reason: 'Long', message: 'é'.repeat(2_000) });
    await events.idle();
    const list = (await server.client().request('GET', '/apis/events.k8s.io/v1/namespaces/default/events', {
      query: { fieldSelector: `regarding.name=${name}` },
    })) as { items: { reason: string; note: string }[] };
    expect(list.items.map(({ reason }) => reason).sort()).toEqual(['Down', 'Down', 'Long', 'Up']);
    await events.close();
  });
});
