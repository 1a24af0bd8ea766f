import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test/budgets.ts';
import { FakeClock } from '../../test/fake-clock.ts';
import { FaultProxy } from '../../test/fault-proxy.ts';
import type { AnyObject } from '../../test/manifests.ts';
import { OperatorSuite } from '../../test/operator-suite.ts';
import { ANNOTATIONS, LABELS, SIDES, type Side } from '../api/labels.ts';
import { PathStateRegistry } from '../feed/path-state-registry.ts';
import { CacheSet } from '../kube/cache-set.ts';
import type { KubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/clock.ts';
import { makeOperatorMetrics } from '../metrics/operator-metrics.ts';
import { Switcher } from './switcher.ts';

/** One operator replica as far as switching goes; its agents say what the test says. */
class Replica {
  readonly states = new PathStateRegistry(() => this.clock.nowMs());
  readonly clock = new FakeClock();
  isLeader: boolean;
  /** What it could not write, as it was logged. */
  readonly failures: string[] = [];
  /** What tiers after the shard lack from the side that was upgraded. */
  unplayed: string[] = [];
  readonly client: KubeClient;
  readonly #cacheSet: CacheSet;
  readonly #switcher: Switcher;

  constructor(suite: OperatorSuite, isLeader: boolean, apiUrl?: string) {
    this.isLeader = isLeader;
    const client = suite.server.client('operator', apiUrl);
    this.client = client;
    const logger = pino({ level: 'warn' }, { write: (line) => this.#note(line) });
    const metrics = makeOperatorMetrics();
    this.#cacheSet = new CacheSet({ client, clock: systemClock, logger, metrics, random: Math.random });
    this.#switcher = new Switcher({
      caches: this.#cacheSet.caches,
      states: this.states,
      plays: { listUnplayed: () => this.unplayed },
      client,
      offer: (object) => this.#cacheSet.offer(object),
      onSides: () => {},
      isLeader: () => this.isLeader,
      instance: isLeader ? 'leader' : 'standby',
      onTurn: () => {},
      clock: this.clock,
      logger,
      metrics,
    });
  }

  #note(line: string): void {
    if (line.includes('not switched')) this.failures.push(line);
  }

  async start(): Promise<void> {
    this.#cacheSet.onChange((change) => this.#switcher.takeChange(change));
    this.#cacheSet.start();
    await this.#cacheSet.waitSynced();
    this.#switcher.start();
  }

  async close(): Promise<void> {
    this.#switcher.close();
    await this.#cacheSet.close();
  }

  noteUpgraded(service: string, side: Side): void {
    this.#switcher.noteUpgraded(service, side);
  }

  /** An agent connects and says that it serves these paths. */
  connect(workload: string, paths: string[]): void {
    this.states.connect(workload, { uid: workload, created: '2030-01-01T00:00:00Z' }, 1);
    this.say(workload, true);
    const said = paths.map((path) => ({ path, online: true, sinceMs: 0, tracks: [] }));
    this.states.take(workload, workload, { type: 'states', complete: true, paths: said });
  }

  say(workload: string, mediamtxUp: boolean): void {
    this.states.take(workload, workload, {
      type: 'heartbeat',
      planRevision: 1,
      mediamtxUp,
      mediamtxQuietMs: 0,
    });
  }
}

describe('two replicas that watch a shard', () => {
  const suite = new OperatorSuite();
  let replicas: [Replica, Replica];

  const workloadOf = (side: Side) => `${suite.namespace}/main-relay-0-${side}`;
  const findService = async () =>
    (await suite.server
      .client()
      .request('GET', `/api/v1/namespaces/${suite.namespace}/services/main-relay-0`)) as AnyObject;
  const sideOf = (service: AnyObject): Side => service.spec.selector[LABELS.side];
  const untilActive = (side: Side) =>
    until(`${side} is active`, async () => sideOf(await findService()) === side);
  const lastSwitch = async () =>
    JSON.parse((await findService()).metadata.annotations[ANNOTATIONS.lastSwitch]);
  const countPatches = async () => {
    const path = `/namespaces/${suite.namespace}/services/main-relay-0?fieldManager=cupola-failover`;
    const audit = await suite.server.readAudit('operator');
    return audit.filter(({ verb, uri, code }) => verb === 'patch' && uri.endsWith(path) && code === 200)
      .length;
  };
  const sayAll = (side: Side, mediamtxUp: boolean) => {
    for (const replica of replicas) replica.say(workloadOf(side), mediamtxUp);
  };
  /** Time passes at both replicas, in which agents go on saying that they are well. */
  const passTime = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      for (const side of SIDES) if (side !== 'primary') sayAll(side, true);
      await Promise.all(replicas.map(({ clock }) => clock.advance(100)));
    }
  };

  beforeEach(async () => {
    await suite.operator.apply({
      apiVersion: 'cupola.dev/v1alpha1',
      kind: 'MasterRelay',
      metadata: { name: 'main', namespace: suite.namespace },
      spec: {},
    });
    await until('the Service is there', () => findService().then(Boolean, () => false));
    for (const side of SIDES) await makePod(side);
    replicas = [new Replica(suite, true), new Replica(suite, false)];
    await Promise.all(replicas.map((replica) => replica.start()));
    for (const replica of replicas)
      for (const side of SIDES) replica.connect(workloadOf(side), ['original/a']);
  });
  afterEach(() => Promise.all(replicas.map((replica) => replica.close())));

  async function makePod(side: Side): Promise<void> {
    const name = `main-relay-0-${side}-pod`;
    const labels = { [LABELS.managedBy]: 'cupola', [LABELS.workload]: `main-relay-0-${side}` };
    const client = suite.server.client();
    const pods = `/api/v1/namespaces/${suite.namespace}/pods`;
    const spec = { containers: [{ name: 'x', image: 'x' }], automountServiceAccountToken: false };
    await client.request('POST', pods, { body: { metadata: { name, labels }, spec } });
    // An address of the documentation's: probes of it find nobody.
    const conditions = [{ type: 'Ready', status: 'True' }];
    const status = { phase: 'Running', podIP: '192.0.2.1', podIPs: [{ ip: '192.0.2.1' }], conditions };
    const contentType = 'application/merge-patch+json';
    await client.request('PATCH', `${pods}/${name}/status`, { contentType, body: { status } });
  }

  it('switch once when the active MediaMTX goes, however many of them see it', async () => {
    sayAll('primary', false);
    await untilActive('backup');
    await passTime(1_000);
    expect(await lastSwitch()).toMatchObject({ from: 'primary', to: 'backup', reason: 'ServerDown' });
    expect(await countPatches()).toBe(1);
  });

  it('switch without a leader, a moment later', async () => {
    for (const replica of replicas) replica.isLeader = false;
    sayAll('primary', false);
    const advance = (ms: number) => Promise.all(replicas.map(({ clock }) => clock.advance(ms)));
    await advance(40);
    expect(sideOf(await findService())).toBe('primary');
    await advance(20);
    await untilActive('backup');
    expect(await countPatches()).toBe(1);
  });

  it('leave what a person asks for to the leader, do it once, and keep it', async () => {
    await suite.operator.apply({
      apiVersion: 'cupola.dev/v1alpha1',
      kind: 'MasterRelay',
      metadata: {
        name: 'main',
        namespace: suite.namespace,
        annotations: { [ANNOTATIONS.switchTo]: 'backup/monday' },
      },
      spec: {},
    });
    await until('the leader has switched', async () => {
      await passTime(100);
      sayAll('primary', true);
      return sideOf(await findService()) === 'backup';
    });
    expect(await lastSwitch()).toMatchObject({ reason: 'Requested', by: 'leader' });
    const { annotations } = (await findService()).metadata;
    expect(annotations[ANNOTATIONS.honoured]).toBe('backup/monday');
  });

  it('leave a side that waits for an upgrade when the other has carried and been played everything', async () => {
    const [leader] = replicas;
    const passSteps = async (count: number) => {
      for (let step = 0; step < count; step++) {
        sayAll('primary', true);
        await passTime(100);
      }
    };
    leader.unplayed = ['video/relay-0-primary original/a'];
    leader.noteUpgraded(`${suite.namespace}/main-relay-0`, 'backup');
    await passSteps(120);
    leader.unplayed = [];
    await passSteps(90);
    expect(await countPatches()).toBe(0);
    await passSteps(15);
    await untilActive('backup');
    expect(await lastSwitch()).toMatchObject({ reason: 'Upgrade', by: 'leader' });
  });

  it('do not judge by silence when one of them was cut off itself', async () => {
    const proxy = new FaultProxy(suite.server.url);
    await proxy.start();
    const alone = new Replica(suite, true, proxy.url);
    try {
      await alone.start();
      for (const side of SIDES) alone.connect(workloadOf(side), ['original/a']);
      proxy.refuse();
      // Its own node's side is all that it hears.
      const hear = async (sides: readonly Side[], ms: number) => {
        for (let passed = 0; passed < ms; passed += 100) {
          for (const side of sides) alone.say(workloadOf(side), true);
          await alone.clock.advance(100);
        }
      };
      await until('it has tried, and tries no more', async () => {
        await hear(['backup'], 100);
        return alone.failures.length > 0;
      });
      proxy.mend();
      await hear(['backup'], 300);
      // What it has sent now is answered before this.
      await alone.client.request('GET', '/version');
      expect(await countPatches()).toBe(0);
      await hear(SIDES, 2_000);
      alone.say(workloadOf('primary'), false);
      await untilActive('backup');
      expect(await lastSwitch()).toMatchObject({ reason: 'ServerDown' });
    } finally {
      await alone.close();
      await proxy.close();
    }
  });

  it("keep their marks when the Service's own manifest is applied anew", async () => {
    sayAll('primary', false);
    await untilActive('backup');
    await suite.operator.apply({
      apiVersion: 'cupola.dev/v1alpha1',
      kind: 'MasterRelay',
      metadata: { name: 'main', namespace: suite.namespace },
      spec: { exposure: { annotations: { 'example.com/pool': 'a' } } },
    });
    await until("the Service has the manifest's annotation", async () => {
      return (await findService()).metadata.annotations['example.com/pool'] === 'a';
    });
    expect(sideOf(await findService())).toBe('backup');
    expect(await lastSwitch()).toMatchObject({ to: 'backup' });
  });
});
