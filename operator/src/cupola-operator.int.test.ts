import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServer } from '../test/api-server.ts';
import { until } from '../test/budgets.ts';
import { FaultProxy } from '../test/fault-proxy.ts';
import { create } from '../test/media-pod.ts';
import { CupolaOperator } from './cupola-operator.ts';
import { needsApply, withAppliedHash } from './diff/needs-apply.ts';
import type { PathStates } from './feed/path-states.ts';
import { LeaseLostError } from './kube/api-error.ts';
import type { KubeClient } from './kube/client.ts';
import { systemClock } from './kube/clock.ts';
import type { Reconciliation, ReconciliationTools } from './kube/handlers.ts';
import { formatKey, type KubeObject, type ObjectKey } from './kube/object.ts';
import { makeOperatorMetrics } from './metrics/operator-metrics.ts';
import type { Switching } from './reconcile/context.ts';

const NAMESPACE = 'cupola-system';
type Tools = ReconciliationTools<PathStates, Switching>;

/** A reconciliation that keeps one Service a Site and says in the Site's status that it is there. */
function keepService(tools: Tools, calls: string[]): Reconciliation {
  const site = async (key: ObjectKey) => {
    calls.push(formatKey(key));
    const object = tools.caches.Site.get(key.namespace, key.name);
    if (object === undefined) return undefined;
    const name = `${key.name}-test`;
    const desired = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...key, name, labels: { 'app.kubernetes.io/managed-by': 'cupola', site: key.name } },
      spec: { selector: { app: 'test' }, ports: [{ name: 'rtsp', port: 8554, protocol: 'TCP' }] },
    };
    const live: KubeObject | undefined = tools.caches.Service.get(key.namespace, name);
    await tools.applier.apply(desired, live);
    await tools.applier.applyStatus(object, { online: '0/0' });
    tools.events.record(object, { type: 'Normal', reason: 'Kept', message: 'the Service is there' });
    return undefined;
  };
  const nothing = () => Promise.resolve(undefined);
  return {
    handlers: { Site: site, CameraFactory: nothing, CompressorPool: nothing, MasterRelay: nothing },
    routeChange: ({ kind, change }) => {
      const object = change.type === 'deleted' ? change.previous : change.object;
      const owner = kind === 'Service' ? object.metadata.labels?.site : undefined;
      return owner === undefined ? [] : [{ kind: 'Site', namespace: change.key.namespace, name: owner }];
    },
    routeStates: () => [],
  };
}

interface Running {
  operator: CupolaOperator;
  proxy: FaultProxy;
  calls: string[];
  tools: () => Tools;
}

describe('the operator', () => {
  let server: ApiServer;
  let admin: KubeClient;
  let running: Running[] = [];
  let count = 0;

  beforeAll(async () => {
    server = await ApiServer.start();
    admin = server.client();
    await create(admin, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await admin.request('DELETE', '/apis/cupola.dev/v1alpha1/namespaces/default/sites');
  });
  afterEach(async () => {
    for (const { operator, proxy } of running) {
      await operator.close();
      await proxy.close();
    }
    running = [];
  });

  async function start(): Promise<Running> {
    const proxy = new FaultProxy(server.url);
    await proxy.start();
    const calls: string[] = [];
    let given: Tools | undefined;
    const operator = new CupolaOperator({
      namespace: NAMESPACE,
      podName: `operator-${++count}`,
      ports: { feed: 0, http: 0 },
      host: '127.0.0.1',
      feedHosts: [`cupola-feed.${NAMESPACE}.svc`],
      diff: { needsApply, withAppliedHash },
      makeReconciliation: (tools) => {
        given = tools;
        return keepService(tools, calls);
      },
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      metrics: makeOperatorMetrics(),
      kubeConfig: server.kubeConfig('operator', proxy.url),
    });
    await operator.start();
    const one = { operator, proxy, calls, tools: () => given! };
    running.push(one);
    return one;
  }

  async function startLeader(): Promise<Running> {
    const one = await start();
    await until('it leads', () => one.operator.isLeader);
    return one;
  }

  const addSite = (name: string) =>
    create(admin, {
      apiVersion: 'cupola.dev/v1alpha1',
      kind: 'Site',
      metadata: { namespace: 'default', name },
      spec: { cameras: [{ name: 'cam', push: {} }] },
    });
  const readService = (name: string) =>
    admin.request('GET', `/api/v1/namespaces/default/services/${name}`).catch(() => undefined);

  it('reconciles what is there when it becomes the leader, and what comes', async () => {
    await addSite('before');
    const { calls, operator } = await startLeader();
    await until('the first is kept', async () => (await readService('before-test')) !== undefined);
    await addSite('after');
    await until('the second is kept', async () => (await readService('after-test')) !== undefined);
    await operator.idle();
    expect(new Set(calls)).toEqual(new Set(['default/before', 'default/after']));
  });

  it('puts back what somebody changes or deletes', async () => {
    await addSite('mended');
    await startLeader();
    await until('it is kept', async () => (await readService('mended-test')) !== undefined);
    await admin.request('PATCH', '/api/v1/namespaces/default/services/mended-test', {
      contentType: 'application/merge-patch+json',
      body: { spec: { selector: { app: 'else' } } },
    });
    const selector = async () =>
      ((await readService('mended-test')) as { spec?: { selector?: unknown } })?.spec?.selector;
    await until('it is put back', async () => JSON.stringify(await selector()) === '{"app":"test"}');
    await admin.request('DELETE', '/api/v1/namespaces/default/services/mended-test');
    await until('it is made anew', async () => (await selector()) !== undefined);
  });

  it('at rest writes nothing but the lease, and reads nothing', async () => {
    await addSite('resting');
    const leader = await startLeader();
    const standby = await start();
    await until('it is kept', async () => (await readService('resting-test')) !== undefined);
    // Past the time that it gives agents to connect, after which everything is reconciled once more.
    await until('agents had their time', () => leader.tools().isSettled(), 25_000);
    await leader.operator.idle();
    const from = (await server.readAudit('operator')).length;
    const callsBefore = leader.calls.length;
    const begunMs = performance.now();
    await sleep(5_000);
    const entries = (await server.readAudit('operator')).slice(from);
    expect(new Set(entries.map(({ verb, resource }) => `${verb} ${resource}`))).toEqual(
      new Set(['update leases']),
    );
    expect(entries.length).toBeLessThanOrEqual(1 + (performance.now() - begunMs) / 1_000);
    expect(leader.calls).toHaveLength(callsBefore);
    expect(standby.calls).toEqual([]);
  }, 60_000);

  it('writes nothing anew after a restart', async () => {
    await addSite('stable');
    const first = await startLeader();
    await until('it is kept', async () => (await readService('stable-test')) !== undefined);
    await first.operator.idle();
    await sleep(200);
    await first.operator.close();
    const from = (await server.readAudit('operator')).length;
    const second = await startLeader();
    await until('it was looked at', () => second.calls.length > 0);
    await second.operator.idle();
    const writes = (await server.readAudit('operator'))
      .slice(from)
      .filter(({ verb, resource }) => !['get', 'list', 'watch'].includes(verb) && resource !== 'leases');
    // An Event is news to a process that did not send the one before.
    expect(writes.filter(({ resource }) => resource !== 'events')).toEqual([]);
  });

  it('hands over when it ends, and the other goes on', async () => {
    const first = await startLeader();
    const second = await start();
    await first.operator.close();
    await until('the second leads', () => second.operator.isLeader, 3_000);
    await addSite('handed');
    await until('it is kept', async () => (await readService('handed-test')) !== undefined);
    expect(first.calls).toEqual([]);
  });

  it('writes nothing from the moment on that a partition may have made another the leader', async () => {
    const first = await startLeader();
    const second = await start();
    first.proxy.partition();
    await until('the second leads', () => second.operator.isLeader, 15_000);
    const desired = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name: 'late' } };
    await expect(first.tools().applier.apply(desired, undefined)).rejects.toThrow(LeaseLostError);
    first.proxy.mend();
    await until('the first is a standby', () => !first.operator.isLeader);
    expect(second.operator.isLeader).toBe(true);
  });

  it('says in detail how it is', async () => {
    const { operator } = await startLeader();
    const get = (path: string) => fetch(`http://127.0.0.1:${operator.ports.http}${path}`);
    const ready = await get('/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      ok: true,
      detail: {
        caches: { Site: { synced: true }, Pod: { synced: true } },
        feed: { listening: true, agents: 0 },
        certificate: { valid: true },
        lease: { leader: true },
      },
    });
    expect((await get('/healthz')).status).toBe(200);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('cupola_operator_lease_held 1');
    expect((await get('/elsewhere')).status).toBe(404);
  });
});
