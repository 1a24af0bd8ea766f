import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServer } from '../../test/api-server.ts';
import { until } from '../../test/budgets.ts';
import { FaultProxy } from '../../test/fault-proxy.ts';
import { makeOperatorMetrics, type OperatorMetrics } from '../metrics/operator-metrics.ts';
import type { KubeClient } from './client.ts';
import { systemClock } from './clock.ts';
import type { KubeObject } from './object.ts';
import { Reflector } from './reflector.ts';
import type { Resource } from './resource.ts';
import type { StoreChange } from './store.ts';

type ConfigMap = KubeObject & { data?: Record<string, string> };
const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const PATH = '/api/v1/namespaces/default/configmaps';

describe('a reflector', () => {
  let server: ApiServer;
  let admin: KubeClient;
  let proxy: FaultProxy;
  let reflector: Reflector<ConfigMap>;
  let changes: StoreChange<ConfigMap>[];
  let metrics: OperatorMetrics;

  beforeAll(async () => {
    server = await ApiServer.start();
    admin = server.client();
  });
  afterAll(() => server.close());

  beforeEach(async () => {
    await admin.request('DELETE', PATH, { query: { labelSelector: 'test=yes' } });
    proxy = new FaultProxy(server.url);
    await proxy.start();
    changes = [];
    metrics = makeOperatorMetrics();
    reflector = new Reflector<ConfigMap>({
      client: server.client('operator', proxy.url),
      resource: CONFIG_MAPS,
      selectors: { labels: { test: 'yes' } },
      clock: systemClock,
      random: Math.random,
      logger: pino({ level: 'silent' }),
      metrics,
      silenceMs: 1_000,
      pageSize: 3,
    });
    reflector.onChange((change) => changes.push(change));
  });
  afterEach(async () => {
    await reflector.close();
    await proxy.close();
  });

  const write = (name: string, value: string) =>
    admin.request('PATCH', `${PATH}/${name}`, {
      query: { fieldManager: 'test', force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, labels: { test: 'yes' } },
        data: { value },
      },
    });
  const remove = (name: string) => admin.request('DELETE', `${PATH}/${name}`);
  const dataOf = (name: string) => reflector.store.get('default', name)?.data?.value;

  async function start(): Promise<void> {
    reflector.start();
    await reflector.synced;
    await until('the watch is open', () => reflector.health.state === 'watching');
  }

  it('lists every page, without managedFields', async () => {
    for (let i = 0; i < 10; i++) await write(`page-${i}`, `${i}`);
    await start();
    expect(reflector.store.size).toBe(10);
    expect(dataOf('page-9')).toBe('9');
    expect(reflector.store.list().every((object) => !('managedFields' in object.metadata))).toBe(true);
    expect(proxy.requests.filter((request) => request === `GET /api/v1/configmaps`)).toHaveLength(5);
  });

  it('tells of what is added, modified, deleted, and of what leaves the selection', async () => {
    await start();
    await write('one', 'a');
    await write('one', 'b');
    await remove('one');
    await write('two', 'a');
    await admin.request('PATCH', `${PATH}/two`, {
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { test: null } } },
    });
    await until('all came', () => changes.length === 5);
    expect(changes.map(({ type, key }) => `${type} ${key.name}`)).toEqual([
      'added one',
      'modified one',
      'deleted one',
      'added two',
      'deleted two',
    ]);
    await remove('two');
  });

  const faults: { name: string; strike: (proxy: FaultProxy) => void; lists: number }[] = [
    { name: 'reset connections', strike: (it) => it.reset(), lists: 1 },
    { name: 'a half-open connection', strike: (it) => it.stall(), lists: 1 },
    {
      name: 'an expired resource version',
      strike: (it) => {
        failWatches(it, 1, 410, 'Expired');
        it.reset();
      },
      lists: 2,
    },
    {
      name: 'too many requests',
      strike: (it) => {
        failWatches(it, 2, 429, 'TooManyRequests', { 'retry-after': '1' });
        it.reset();
      },
      lists: 1,
    },
    {
      name: 'internal errors',
      strike: (it) => {
        failWatches(it, 3, 500, 'InternalError');
        it.reset();
      },
      lists: 1,
    },
    {
      name: 'a watch that answers with something else',
      strike: (it) => {
        failWatches(it, 1, 200, 'Nonsense');
        it.reset();
      },
      lists: 2,
    },
  ];
  it.each(faults)('ends equal to the API server after $name', async ({ strike, lists }) => {
    await write('kept', '1');
    await write('removed', '1');
    await start();
    strike(proxy);
    await write('kept', '2');
    await remove('removed');
    await write('added', '1');
    await until('the store is equal', () => dataOf('kept') === '2' && dataOf('added') === '1');
    await until('the deletion is seen', () => reflector.store.get('default', 'removed') === undefined);
    expect(changes.map(({ type, key }) => `${type} ${key.name}`).sort()).toEqual(
      ['added added', 'added kept', 'added removed', 'deleted removed', 'modified kept'].sort(),
    );
    expect((await metrics.reflectorLists.get()).values[0]?.value).toBe(lists);
    await until('the watch is open again', () => reflector.health.state === 'watching');
    expect(reflector.health.error).toBeUndefined();
  });

  it('goes on where it was when the API server is killed and started again', async () => {
    await write('kept', '1');
    await start();
    await server.killProcess();
    await until('the fault is noticed', () => reflector.health.error !== undefined);
    expect(reflector.store.size).toBe(1);
    await server.startProcess();
    await write('kept', '2');
    await until('the change is seen', () => dataOf('kept') === '2', 40_000);
  });

  it('does not let a late answer bring back what the watch saw deleted', async () => {
    await start();
    const answer = (await write('late', '1')) as ConfigMap;
    await remove('late');
    await until('both were seen', () => changes.length === 2);
    reflector.offer(answer);
    expect(reflector.store.size).toBe(0);
  });

  it('takes an answer ahead of the watch and tells of it once', async () => {
    await start();
    proxy.stall();
    reflector.offer((await write('early', '1')) as ConfigMap);
    expect(dataOf('early')).toBe('1');
    await write('marker', '1');
    await until('the watch has gone on', () => dataOf('marker') === '1');
    expect(changes.filter(({ key }) => key.name === 'early')).toHaveLength(1);
  });
});

/** The next watches are answered like this instead. */
function failWatches(
  proxy: FaultProxy,
  count: number,
  status: number,
  reason: string,
  headers: Record<string, string> = {},
): void {
  let left = count;
  proxy.intercept = (request) => {
    if (!request.url?.includes('watch=1') || left-- <= 0) return undefined;
    return { status, headers, body: { kind: 'Status', code: status, reason, message: 'injected' } };
  };
}
