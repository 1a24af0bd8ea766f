import type { MediaPlan } from '@cupola/protocol';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AgentPeer } from '../../test/agent-peer.ts';
import { ApiServer } from '../../test/api-server.ts';
import { until } from '../../test/budgets.ts';
import { create, makeMediaPod, requestToken, writePlan } from '../../test/media-pod.ts';
import { CacheSet } from '../kube/cache-set.ts';
import type { KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/clock.ts';
import { makeOperatorMetrics } from '../metrics/operator-metrics.ts';
import { FeedCertificate } from './certificate.ts';
import { Feed } from './feed.ts';

const NAMESPACE = 'yard';
const HOST = 'cupola-feed.cupola-system.svc';

describe('the feed', () => {
  let server: ApiServer;
  let admin: KubeClient;
  let cacheSet: CacheSet;
  let certificate: FeedCertificate;
  let feed: Feed;
  let peers: AgentPeer[] = [];

  beforeAll(async () => {
    server = await ApiServer.start();
    admin = server.client();
    for (const name of [NAMESPACE, 'cupola-system']) {
      await create(admin, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    const shared = {
      client: server.client('operator'),
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      metrics: makeOperatorMetrics(),
    };
    cacheSet = new CacheSet({ ...shared, random: Math.random });
    cacheSet.start();
    await cacheSet.waitSynced();
    certificate = new FeedCertificate({ ...shared, namespace: 'cupola-system', hosts: [HOST] });
    await certificate.ensure(undefined);
    feed = new Feed({
      ...shared,
      port: 0,
      host: '127.0.0.1',
      tls: certificate.server,
      sideOf: () => undefined,
      caches: cacheSet.caches,
    });
    cacheSet.onChange((change) => {
      if (change.kind === 'Secret') feed.takeSecret(change.change);
    });
    await feed.start();
  });
  afterAll(async () => {
    await feed.close();
    await cacheSet.close();
    await server.close();
  });
  afterEach(() => {
    for (const peer of peers) peer.close();
    peers = [];
  });

  async function dial(token: string | undefined, path?: string): Promise<AgentPeer | number> {
    const options = { port: feed.port, ca: certificate.caBundle, servername: HOST, token };
    const result = await AgentPeer.connect(path === undefined ? options : { ...options, path });
    if (typeof result !== 'number') peers.push(result);
    return result;
  }

  async function knowPod(options: Parameters<typeof makeMediaPod>[1]) {
    const pod = await makeMediaPod(admin, options);
    await until('the pod is known', () => cacheSet.caches.Pod.get(options.namespace, pod.name) !== undefined);
    return pod;
  }

  async function connect(workload: string, planRevision = 0): Promise<AgentPeer> {
    const pod = await knowPod({ namespace: NAMESPACE, workload });
    const peer = await dial(await requestToken(admin, NAMESPACE, pod));
    if (typeof peer === 'number') throw new Error(`refused: ${peer}`);
    peer.hello(`${NAMESPACE}/${workload}`, planRevision);
    await until('it is connected', () => feed.states.get(`${NAMESPACE}/${workload}`)?.connected === true);
    return peer;
  }

  const plan = (
    workload: string,
    revision: number,
    legs: { workload: string; path: string }[] = [],
  ): MediaPlan => ({
    revision,
    workload: `${NAMESPACE}/${workload}`,
    paths: legs.map((leg) => ({
      path: leg.path,
      source: {
        from: 'legs',
        legs: [
          { id: 'primary', url: `rtsp://host:8554/${leg.path}`, workload: `${NAMESPACE}/${leg.workload}` },
        ],
      },
    })),
    readers: [],
    openToReaders: false,
    holdMs: 30_000,
    drainMs: 0,
  });

  it('refuses who shows no token, a wrong one, or one for another audience', async () => {
    const pod = await knowPod({ namespace: NAMESPACE, workload: 'audience' });
    const foreign = await requestToken(admin, NAMESPACE, pod, 'https://kubernetes.default.svc');
    const good = await requestToken(admin, NAMESPACE, pod);
    const forged = `${good.slice(0, good.lastIndexOf('.'))}.${Buffer.alloc(256).toString('base64url')}`;
    expect(await dial(undefined)).toBe(401);
    expect(await dial('nonsense')).toBe(401);
    expect(await dial(foreign)).toBe(401);
    expect(await dial(forged)).toBe(401);
    expect(await dial(good, '/elsewhere')).toBe(404);
  });

  it('refuses a token that is not bound to a pod, or whose pod is gone', async () => {
    expect(await dial(await requestToken(admin, NAMESPACE, undefined))).toBe(401);
    const pod = await knowPod({ namespace: NAMESPACE, workload: 'gone' });
    const token = await requestToken(admin, NAMESPACE, pod);
    await admin.request('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/${pod.name}`, {
      query: { gracePeriodSeconds: '0' },
    });
    expect([401, 403]).toContain(await dial(token));
  });

  it('refuses a pod that is none of ours, whatever its labels say', async () => {
    const plain = await makeMediaPod(admin, {
      namespace: NAMESPACE,
      workload: 'plain',
      labels: { app: 'other' },
    });
    const uncontrolled = await knowPod({ namespace: NAMESPACE, workload: 'forged', controlled: false });
    const undeployed = await knowPod({ namespace: NAMESPACE, workload: 'undeployed', withDeployment: false });
    for (const pod of [plain, uncontrolled, undeployed]) {
      expect(await dial(await requestToken(admin, NAMESPACE, pod))).toBe(403);
    }
  });

  it('closes a connection that names another workload than its token, or speaks out of turn', async () => {
    const pod = await knowPod({ namespace: NAMESPACE, workload: 'liar' });
    const token = await requestToken(admin, NAMESPACE, pod);
    const first: unknown[] = [
      { type: 'hello', workload: `${NAMESPACE}/other`, agentVersion: 'test', planRevision: 0 },
      { type: 'heartbeat', planRevision: 0, mediamtxUp: true },
      { type: 'hello', workload: 7 },
      'not JSON',
    ];
    for (const message of first) {
      const peer = (await dial(token)) as AgentPeer;
      peer.say(message);
      expect((await peer.hearClose()).code).toBe(1008);
      expect(peer.messages).toEqual([]);
    }
  });

  it('closes a connection whose frame is over the limit', async () => {
    const peer = await connect('large');
    peer.say(`"${'x'.repeat(5 * 1024 * 1024)}"`);
    await until('it is gone', () => feed.states.get(`${NAMESPACE}/large`)?.connected === false);
  });

  it('sends an agent the newest plan at its hello and at each change, and none that it has', async () => {
    await writePlan(admin, plan('planned', 5));
    await until(
      'the plan is known',
      () => cacheSet.caches.Secret.get(NAMESPACE, 'planned-plan') !== undefined,
    );
    const peer = await connect('planned', 4);
    expect((await peer.hear('plan')).plan.revision).toBe(5);
    await writePlan(admin, plan('planned', 6));
    expect((await peer.hear('plan', 1)).plan.revision).toBe(6);
    const again = await connect('planned', 6);
    await writePlan(admin, plan('planned', 7));
    expect((await again.hear('plan')).plan.revision).toBe(7);
  });

  it('tells an agent when what its legs play comes and goes', async () => {
    const path = `original/${NAMESPACE}/site/cam`;
    await writePlan(admin, plan('relay', 1, [{ workload: 'factory', path }]));
    const relay = await connect('relay');
    await relay.hear('plan');
    const factory = await connect('factory');
    factory.states([{ path, online: true }]);
    expect(await relay.hear('sources')).toEqual({
      type: 'sources',
      workload: `${NAMESPACE}/factory`,
      paths: [{ path, online: true }],
    });
    factory.states([{ path, online: false }]);
    expect((await relay.hear('sources', 1)).paths).toEqual([{ path, online: false }]);
    factory.states([{ path, online: true }]);
    await relay.hear('sources', 2);
    // Another agent of the relay, that comes later, is told what there is.
    const late = await connect('relay', 1);
    expect((await late.hear('sources')).paths).toEqual([{ path, online: true }]);
  });

  it('tells an agent what its cameras push to the other side too, and that nobody knows when that is silent', async () => {
    const path = `original/${NAMESPACE}/site/gate`;
    const source = {
      from: 'publish' as const,
      credentials: [{ user: 'u', password: 'p' }],
      otherSide: `${NAMESPACE}/side-b`,
    };
    await writePlan(admin, { ...plan('side-a', 1), paths: [{ path, source }] });
    const peer = await connect('side-a');
    await peer.hear('plan');
    const other = await connect('side-b');
    other.states([{ path, online: true }]);
    expect(await peer.hear('sources')).toMatchObject({
      workload: `${NAMESPACE}/side-b`,
      paths: [{ online: true }],
    });
    other.close();
    expect((await peer.hear('sources', 1)).paths).toEqual([{ path, online: false }]);
    const again = await connect('side-b');
    again.states([{ path, online: true }]);
    expect((await peer.hear('sources', 2)).paths).toEqual([{ path, online: true }]);
  });

  it('keeps one connection a pod: the newer replaces the older, with its word kept', async () => {
    const pod = await knowPod({ namespace: NAMESPACE, workload: 'twice' });
    const workload = `${NAMESPACE}/twice`;
    const token = await requestToken(admin, NAMESPACE, pod);
    const older = (await dial(token)) as AgentPeer;
    older.hello(workload);
    older.states([{ path: 'original/a/b/c', online: true }], true);
    await until('its states are known', () => feed.states.get(workload)?.paths.size === 1);
    const newer = (await dial(token)) as AgentPeer;
    newer.hello(workload);
    expect((await older.hearClose()).code).toBe(4000);
    await until('the newer is connected', () => feed.states.get(workload)?.connected === true);
    expect(feed.states.get(workload)?.paths.get('original/a/b/c')?.online).toBe(true);
    newer.states([], true);
    await until('the newer rules', () => feed.states.get(workload)?.paths.size === 0);
  });

  it('keeps nothing of a workload whose plan and Deployment went before its agent', async () => {
    const path = `original/${NAMESPACE}/site/passing`;
    await writePlan(admin, plan('passing-relay', 1, [{ workload: 'passing', path }]));
    await writePlan(admin, plan('passing', 1));
    const relay = await connect('passing-relay', 1);
    const passing = await connect('passing', 1);
    passing.states([{ path, online: true }]);
    await relay.hear('sources');
    await admin.request('DELETE', `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/passing`);
    await admin.request('DELETE', `/api/v1/namespaces/${NAMESPACE}/secrets/passing-plan`);
    await until('both are gone', () => {
      const { Deployment, Secret } = cacheSet.caches;
      return !Deployment.get(NAMESPACE, 'passing') && !Secret.get(NAMESPACE, 'passing-plan');
    });
    expect(feed.states.get(`${NAMESPACE}/passing`)?.connected).toBe(true);
    passing.close();
    await until('it is forgotten', () => feed.states.get(`${NAMESPACE}/passing`) === undefined);
    expect((await relay.hear('sources', 1)).paths).toEqual([{ path, online: false }]);
    // One of its name that comes later is news.
    const successor = await connect('passing', 1);
    successor.states([{ path, online: true }]);
    expect((await relay.hear('sources', 2)).paths).toEqual([{ path, online: true }]);
  });

  it('ends the connection of an agent that says nothing any more', async () => {
    const peer = await connect('silent');
    const begunMs = performance.now();
    peer.freeze();
    await until('it is taken for gone', () => feed.states.get(`${NAMESPACE}/silent`)?.connected === false);
    expect(performance.now() - begunMs).toBeGreaterThan(2_000);
  });
});
