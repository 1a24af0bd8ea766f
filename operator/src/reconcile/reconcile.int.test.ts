import { beforeEach, describe, expect, it } from 'vitest';
import { type AnyObject, factory, relay, site } from '../../test/manifests.ts';
import { OperatorSuite } from '../../test/operator-suite.ts';
import { OPERATOR_NAMESPACE, type ReconcilingOperator } from '../../test/reconciling-operator.ts';

const MANAGED = ['Deployment', 'Service', 'Secret', 'PodDisruptionBudget', 'ServiceAccount'] as const;

const suite = new OperatorSuite();
const gate = { name: 'gate', push: {} };
let operator: ReconcilingOperator;
/** The test's own. */
let ns: string;

beforeEach(() => {
  operator = suite.operator;
  ns = suite.namespace;
});

/** The writes of what `act` leads to, status apart: sorted, since different objects are worked on side by side. */
async function recordCalls(act: () => Promise<unknown>): Promise<{ objects: string[]; statuses: string[] }> {
  const before = (await operator.listCalls()).length;
  await act();
  await operator.settle();
  const calls = (await operator.listCalls(before)).map(({ verb, uri }) => {
    return `${verb} ${uri.split('?')[0]?.replace(/^.*\/namespaces\//, '')}`;
  });
  const isStatus = (call: string) => call.endsWith('/status');
  return { objects: calls.filter((call) => !isStatus(call)).sort(), statuses: calls.filter(isStatus) };
}

/** One read, since nobody may have such an object yet, and one write each. */
function made(...names: string[]): string[] {
  return names.flatMap((name) => [`get ${ns}/${name}`, `patch ${ns}/${name}`]);
}

function listTierObjects(prefix: string): string[] {
  const workloads = [`${prefix}-0-primary`, `${prefix}-0-backup`];
  return [
    `serviceaccounts/${prefix}`,
    ...workloads.map((name) => `secrets/${name}-plan`),
    ...[`${prefix}-0`, ...workloads].map((name) => `services/${name}`),
    `poddisruptionbudgets/${prefix}-0`,
    ...workloads.map((name) => `deployments/${name}`),
  ];
}

async function settleSite(cameras: AnyObject[], others: AnyObject = {}, name = 'dock'): Promise<void> {
  await operator.apply(site(ns, name, { cameras, ...others }));
  await operator.settle();
}

describe('a Site with a relay', () => {
  it('becomes exactly these objects, and nothing is written again, by a change of nothing or by a restart', async () => {
    const first = await recordCalls(async () => {
      await operator.apply(relay(ns, 'main', {}));
      await operator.settle();
      await operator.apply(site(ns, 'dock', { cameras: [gate], relayRef: { name: 'main' } }));
    });
    const generated = [`create ${ns}/secrets`, `create ${ns}/secrets`];
    const isKey = (call: string) => call === `create ${OPERATOR_NAMESPACE}/secrets`;
    expect(first.objects.filter((call) => !isKey(call))).toEqual(
      [
        ...made(...listTierObjects('main-relay')),
        ...made(
          'camerafactories/dock',
          'secrets/dock-camera-credentials',
          ...listTierObjects('dock-factory'),
        ),
        ...generated,
        // The Site's stream joins the plans of the relay.
        `patch ${ns}/secrets/main-relay-0-primary-plan`,
        `patch ${ns}/secrets/main-relay-0-backup-plan`,
      ].sort(),
    );
    expect(first.statuses.length).toBeLessThan(12);

    const again = await recordCalls(() =>
      operator.patch('Site', ns, 'dock', { metadata: { labels: { a: 'b' } } }),
    );
    expect(again).toEqual({ objects: [], statuses: [] });
    const restarted = await recordCalls(async () => {
      await operator.close();
      await operator.start();
    });
    expect(restarted).toEqual({ objects: [], statuses: [] });
  });

  it('has each stream at its relay from both sides of its factory, with a credential that the factory takes', async () => {
    await operator.apply(relay(ns, 'main', {}));
    await settleSite([gate], { relayRef: { name: 'main' } });
    const [path] = (await operator.readPlan(ns, 'main-relay-0-backup')).paths;
    expect(path.path).toBe(`original/${ns}/dock/gate`);
    expect(path.source.legs.map(({ url }: AnyObject) => url)).toEqual([
      `rtsp://dock-factory-0-primary.${ns}.svc:8554/original/${ns}/dock/gate`,
      `rtsp://dock-factory-0-backup.${ns}.svc:8554/original/${ns}/dock/gate`,
    ]);
    const { readers } = await operator.readPlan(ns, 'dock-factory-0-primary');
    expect(readers).toContainEqual({
      credential: path.source.legs[0].credential,
      paths: [`original/${ns}/dock/`],
    });
  });

  it('adds and removes a camera by its plans and credentials alone', async () => {
    await operator.apply(relay(ns, 'main', {}));
    await settleSite([gate], { relayRef: { name: 'main' } });
    const plans = ['dock-factory', 'main-relay'].flatMap((prefix) =>
      ['primary', 'backup'].map((side) => `patch ${ns}/secrets/${prefix}-0-${side}-plan`),
    );
    const credentials = `patch ${ns}/secrets/dock-camera-credentials`;
    const yard = { name: 'yard', pull: { url: 'rtsp://192.0.2.7/live' } };
    const added = await recordCalls(() => settleSite([gate, yard], { relayRef: { name: 'main' } }));
    expect(added.objects).toEqual(plans.toSorted());
    const replaced = await recordCalls(() =>
      settleSite([{ name: 'quay', push: {} }, yard], { relayRef: { name: 'main' } }),
    );
    // Twice where the factory came to see the new camera before its credential.
    expect([...new Set(replaced.objects)]).toEqual([credentials, ...plans].toSorted());
    const secret = await operator.get('Secret', ns, 'dock-camera-credentials');
    expect(Object.keys(secret.data)).toEqual(['quay']);
  });

  it('is redundant, ready and online as its pods and agents say', async () => {
    await operator.apply(relay(ns, 'main', {}));
    await settleSite([gate], { relayRef: { name: 'main' } });
    const workloads = ['dock-factory', 'main-relay'].flatMap((prefix) =>
      ['primary', 'backup'].map((side) => `${prefix}-0-${side}`),
    );
    for (const [index, workload] of workloads.entries()) {
      await operator.makeReady(ns, workload, `node-${index % 2}`);
      await operator.say(ns, workload, { [`original/${ns}/dock/gate`]: true });
    }
    await operator.settle();
    const { status } = await operator.get('Site', ns, 'dock');
    expect(status.cameras[0].state).toBe('Redundant');
    expect(status.online).toBe('1/1');
    expect(status.conditions.map(({ type, status }: AnyObject) => `${type}=${status}`)).toEqual([
      'Ready=True',
      'Reconciling=False',
      'Stalled=False',
      'Redundant=True',
    ]);
    await operator.say(ns, 'dock-factory-0-backup', { [`original/${ns}/dock/gate`]: false });
    await operator.settle();
    expect((await operator.get('Site', ns, 'dock')).status.cameras[0].state).toBe('Degraded');
    // An operator that has just started knows nothing, and so says nothing new.
    const restarted = await recordCalls(async () => {
      await operator.close();
      await operator.start();
    });
    expect(restarted).toEqual({ objects: [], statuses: [] });
  });
});

describe('what a person has switched or edited', () => {
  it('keeps the side that the active Service selects, and pulls a one-session camera there alone', async () => {
    await settleSite([{ name: 'old', pull: { url: 'rtsp://192.0.2.7/live', sides: 'Active' } }]);
    expect((await operator.readPlan(ns, 'dock-factory-0-primary')).paths).toHaveLength(1);
    await operator.patch('Service', ns, 'dock-factory-0', {
      spec: { selector: { 'cupola.dev/side': 'backup' } },
    });
    await operator.settle();
    await operator.apply(factoryPart({ exposure: { annotations: { 'example.com/a': 'b' } } }));
    await operator.settle();
    const service = await operator.get('Service', ns, 'dock-factory-0');
    expect(service.metadata.annotations['example.com/a']).toBe('b');
    expect(service.spec.selector['cupola.dev/side']).toBe('backup');
    expect((await operator.readPlan(ns, 'dock-factory-0-primary')).paths).toEqual([]);
    expect((await operator.readPlan(ns, 'dock-factory-0-backup')).paths).toHaveLength(1);
    expect((await operator.get('CameraFactory', ns, 'dock')).status.shards[0].activeSide).toBe('backup');
  });

  it('takes over a generated password that was changed, and puts back what was deleted', async () => {
    await settleSite([gate]);
    await operator.patch('Secret', ns, 'dock-camera-credentials', { data: { gate: btoa('chosen') } });
    await operator.delete('Service', ns, 'dock-factory-0-backup');
    await operator.settle();
    const { paths } = await operator.readPlan(ns, 'dock-factory-0-primary');
    expect(paths[0].source.credentials).toEqual([{ user: 'gate', password: 'chosen' }]);
    expect(await operator.get('Service', ns, 'dock-factory-0-backup')).toBeDefined();
  });

  function factoryPart(template: AnyObject): AnyObject {
    const old = { name: 'old', pull: { url: 'rtsp://192.0.2.7/live', sides: 'Active' } };
    return site(ns, 'dock', { cameras: [old], factory: template });
  }
});

describe('WebRTC by node ports', () => {
  it('makes the pods once, with the port that the API server gave to each side', async () => {
    await operator.apply(relay(ns, 'main', { exposure: { type: 'NodePort', host: '192.0.2.1' } }));
    await operator.settle();
    for (const side of ['primary', 'backup']) {
      const service = await operator.get('Service', ns, `main-relay-0-${side}`);
      const media = service.spec.ports.find(({ name }: AnyObject) => name === 'webrtc-media');
      expect([media.port, media.targetPort]).toEqual([media.nodePort, media.nodePort]);
      const deployment = await operator.get('Deployment', ns, `main-relay-0-${side}`);
      expect(deployment.metadata.generation).toBe(1);
      const [{ env }] = deployment.spec.template.spec.initContainers;
      expect(env).toContainEqual({ name: 'CUPOLA_WEBRTC_MEDIA_PORT', value: String(media.nodePort) });
      expect(env).toContainEqual({ name: 'CUPOLA_WEBRTC_HOSTS', value: '192.0.2.1' });
    }
  });
});

describe('a change of the pod template', () => {
  // Agents have had the time to say what they have.
  beforeEach(() => {
    operator.aheadMs += 20_000;
  });

  it('goes to the standby side first, and to the other once that is active no more', async () => {
    await settleSite([gate]);
    for (const side of ['primary', 'backup'])
      await operator.makeReady(ns, `dock-factory-0-${side}`, `node-${side}`);
    await operator.settle();
    const resources = { agent: { requests: { cpu: '200m' } } };
    await settleSite([gate], { factory: { resources } });
    expect(await readCpu('backup')).toBe('200m');
    expect(await readCpu('primary')).toBe('50m');
    await operator.makeReady(ns, 'dock-factory-0-backup', 'node-backup');
    await operator.settle();
    expect(await readCpu('primary')).toBe('50m');
    const selector = { 'cupola.dev/side': 'backup' };
    await operator.patch('Service', ns, 'dock-factory-0', { spec: { selector } });
    await operator.settle();
    expect(await readCpu('primary')).toBe('200m');
  });

  it('waits at the active side also while a probe fails there, as long as streams are served', async () => {
    await settleSite([gate]);
    await operator.makeReady(ns, 'dock-factory-0-backup', 'node-backup');
    const active = `${ns}/dock-factory-0-primary`;
    await operator.say(ns, 'dock-factory-0-primary', { [`original/${ns}/dock/gate`]: true });
    const heartbeat = { type: 'heartbeat', planRevision: 1, mediamtxQuietMs: 0 } as const;
    operator.states.take(active, active, { ...heartbeat, mediamtxUp: true });
    await settleSite([gate], { factory: { resources: { agent: { requests: { cpu: '200m' } } } } });
    expect(await readCpu('backup')).toBe('200m');
    expect(await readCpu('primary')).toBe('50m');
    operator.states.take(active, active, { ...heartbeat, mediamtxUp: false });
    await settleSite([gate], { factory: { resources: { agent: { requests: { cpu: '201m' } } } } });
    expect(await readCpu('primary')).toBe('201m');
  });

  async function readCpu(side: string): Promise<string> {
    const { spec } = await operator.get('Deployment', ns, `dock-factory-0-${side}`);
    const agent = spec.template.spec.containers.find(({ name }: AnyObject) => name === 'agent');
    return agent.resources.requests.cpu;
  }
});

describe('a Site that is deleted', () => {
  it.each([
    { when: 'while the operator runs', isDown: false },
    { when: 'while the operator is down', isDown: true },
  ])('leaves nothing behind $when', async ({ isDown }) => {
    await operator.apply(relay(ns, 'main', {}));
    await operator.apply(factory(ns, 'hall', {}));
    await settleSite([gate], { relayRef: { name: 'main' }, factoryRef: { name: 'hall' } }, 'leaves');
    await settleSite([gate], { relayRef: { name: 'main' }, factoryRef: { name: 'hall' } }, 'stays');
    await settleSite([gate], { relayRef: { name: 'main' } }, 'own');
    if (isDown) await operator.close();
    const uids = new Map<string, string>();
    for (const name of ['leaves', 'own']) {
      uids.set(name, (await operator.get('Site', ns, name)).metadata.uid);
      await operator.delete('Site', ns, name);
      expect(await operator.get('Site', ns, name)).toBeUndefined();
    }
    if (isDown) await operator.start();
    await operator.settle();
    for (const workload of ['main-relay-0-primary', 'main-relay-0-backup', 'hall-factory-0-primary']) {
      const plan = await operator.readPlan(ns, workload);
      expect(plan.paths.map(({ path }: AnyObject) => path)).toEqual([`original/${ns}/stays/gate`]);
    }
    // What was the Sites' own belongs to them by owner references, which a cluster's garbage collector follows.
    const own = await operator.get('CameraFactory', ns, 'own');
    expect(own.metadata.ownerReferences[0].uid).toBe(uids.get('own'));
    for (const kind of MANAGED) {
      for (const { metadata } of await operator.list(kind, ns)) {
        if (!metadata.name.startsWith('own-') && !metadata.name.startsWith('leaves-')) continue;
        expect([own.metadata.uid, ...uids.values()]).toContain(metadata.ownerReferences[0].uid);
      }
    }
  });
});

describe('shards', () => {
  it('grow with the cameras, and the last goes when it is empty', async () => {
    const spec = { factory: { camerasPerShard: 2 } };
    const cameras = ['a', 'b', 'c'].map((name) => ({ name, pull: { url: `rtsp://192.0.2.7/${name}` } }));
    await settleSite(cameras, spec);
    const readShards = async () => (await operator.get('CameraFactory', ns, 'dock')).status.shards;
    expect((await readShards()).map(({ streams }: AnyObject) => streams)).toEqual([2, 1]);
    await settleSite(cameras.slice(1), spec);
    // b and c stay where they are, though there is room for both in one.
    expect((await readShards()).map(({ streams }: AnyObject) => streams)).toEqual([1, 1]);
    await settleSite(cameras.slice(0, 2), spec);
    expect((await readShards()).map(({ streams }: AnyObject) => streams)).toEqual([2]);
    for (const kind of MANAGED) {
      const names = (await operator.list(kind, ns)).map(({ metadata }) => metadata.name);
      expect(names.filter((name) => name.startsWith('dock-factory-1'))).toEqual([]);
    }
    expect(operator.events).toContain('ShardsChanged dock');
  });
});
