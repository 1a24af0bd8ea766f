import type { EncoderState } from '@cupola/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AnyObject, namespace, pool, relay, site } from '../../test/manifests.ts';
import { OperatorSuite } from '../../test/operator-suite.ts';
import type { ReconcilingOperator } from '../../test/reconciling-operator.ts';

const suite = new OperatorSuite();
const gate = { name: 'gate', push: {} };
const compression = {
  profiles: [
    { name: 'web', preset: 'Web' },
    { name: 'small', video: { height: 360 } },
  ],
};
/** What makes a loss a loss, and the operator sure of what it does not hear. */
const LONG_MS = 60_000;
let operator: ReconcilingOperator;
/** The test's own. */
let ns: string;

beforeEach(() => {
  operator = suite.operator;
  operator.aheadMs = 0;
  ns = suite.namespace;
});

/** The writes and single reads in the test's namespace that `act` leads to, each once. */
async function recordCalls(act: () => Promise<unknown>): Promise<string[]> {
  const before = (await operator.listCalls()).length;
  await act();
  await operator.settle();
  const calls = (await operator.listCalls(before)).flatMap(({ verb, uri }) => {
    const [path = ''] = uri.split('?');
    const [, object] = path.split(`/namespaces/${ns}/`);
    return object === undefined ? [] : [`${verb} ${object}`];
  });
  return [...new Set(calls)].sort();
}

function listWorkerObjects(name: string): string[] {
  return [`secrets/${name}-plan`, `services/${name}`, `deployments/${name}`];
}

function path(rendition: string, camera = 'gate'): string {
  return `compressed/${ns}/dock/${camera}/${rendition}`;
}

async function makeReady(...workloads: string[]): Promise<void> {
  for (const [index, workload] of workloads.entries()) {
    await operator.makeReady(ns, workload, `node-${index}`);
  }
  await operator.settle();
}

/** The legs of a rendition at its factory, in their order, as names of workers. */
async function readLegs(rendition: string): Promise<string[]> {
  const { paths } = await operator.readPlan(ns, 'dock-factory-0-backup');
  const found = paths.find((each: AnyObject) => each.path === path(rendition));
  return found?.source.legs?.map(({ id }: AnyObject) => id) ?? [];
}

/** Both sides of the factory have the original, and of each rendition these legs. */
async function hearFactory(legs: Record<string, string[]>): Promise<void> {
  const states = Object.entries(legs).map(([rendition, ids]) => {
    return [path(rendition), { legs: ids.map((id) => ({ id, state: 'live' as const })) }];
  });
  for (const side of ['primary', 'backup']) {
    const word = { [`original/${ns}/dock/gate`]: true, ...Object.fromEntries(states) };
    await operator.say(ns, `dock-factory-0-${side}`, word);
  }
  await operator.settle();
}

/** The workers encode these, and hand on what they stand by for. */
async function hearWorkers(legs: Record<string, string[]>): Promise<void> {
  for (const worker of new Set(Object.values(legs).flat())) {
    const encoded = await listEncoded(worker);
    const own = Object.keys(legs).filter((rendition) => legs[rendition]?.includes(worker));
    const states = own.map((rendition) => {
      const state: EncoderState['state'] = encoded.includes(path(rendition)) ? 'encoding' : 'idle';
      return [path(rendition), { encoder: { state, tooSlow: false, droppedFrames: 0, restarts: 0 } }];
    });
    await operator.say(ns, worker, Object.fromEntries(states));
  }
  await operator.settle();
}

async function listEncoded(worker: string): Promise<string[]> {
  const plan = await operator.readPlan(ns, worker);
  return (plan?.paths ?? [])
    .filter(({ source }: AnyObject) => source.from === 'transcode' && source.standbyFor === undefined)
    .map((each: AnyObject) => each.path);
}

async function readCondition(
  kind: 'Site' | 'CompressorPool',
  name: string,
  type: string,
): Promise<AnyObject> {
  const { status } = await operator.get(kind, ns, name);
  return status.conditions.find((condition: AnyObject) => condition.type === type);
}

async function scale(replicas: number, name = 'dock'): Promise<void> {
  await operator.patch('CompressorPool', ns, name, { spec: { replicas } }, '/scale');
  await operator.settle();
}

describe('a Site with two profiles', () => {
  it('gets a pool of exactly these objects, and nothing is written again, by a restart neither', async () => {
    const first = await recordCalls(() => operator.apply(site(ns, 'dock', { cameras: [gate], compression })));
    const written = first
      .filter((call) => call.startsWith('patch ') && /dock-pool|compressorpools/.test(call))
      .map((call) => call.replace('patch ', ''));
    expect(written).toEqual(
      [
        'compressorpools/dock',
        'compressorpools/dock/status',
        'horizontalpodautoscalers/dock-pool',
        'poddisruptionbudgets/dock-pool',
        'secrets/dock-pool-placement',
        'serviceaccounts/dock-pool',
        ...listWorkerObjects('dock-pool-0'),
        ...listWorkerObjects('dock-pool-1'),
      ].sort(),
    );
    expect((await readCondition('CompressorPool', 'dock', 'CapacityAvailable')).reason).toBe('NoWorker');
    expect((await readCondition('Site', 'dock', 'Encoding')).reason).toBe('RenditionsWaiting');
    await makeReady('dock-pool-0', 'dock-pool-1');
    await hearFactory({});
    expect((await readCondition('CompressorPool', 'dock', 'CapacityAvailable')).status).toBe('True');
    expect(operator.events).toContain('RoomLeft dock');

    const again = await recordCalls(() =>
      operator.patch('Site', ns, 'dock', { metadata: { labels: { a: 'b' } } }),
    );
    expect(again).toEqual([]);
    const restarted = await recordCalls(async () => {
      await operator.close();
      await operator.start();
    });
    expect(restarted).toEqual([]);
  });

  it('has each rendition at its factory by both workers, with credentials that each tier takes from the next', async () => {
    await operator.apply(site(ns, 'dock', { cameras: [gate], compression }));
    await operator.settle();
    await makeReady('dock-pool-0', 'dock-pool-1');
    const factory = await operator.readPlan(ns, 'dock-factory-0-primary');
    const legs = factory.paths.find((each: AnyObject) => each.path === path('web')).source.legs;
    const [main, standby] = legs.map(({ id }: AnyObject) => id);
    expect(legs[0].url).toBe(`rtsp://${main}.${ns}.svc:8554/${path('web')}`);
    const [mainPlan, standbyPlan] = [await operator.readPlan(ns, main), await operator.readPlan(ns, standby)];
    expect(await listEncoded(main)).toContain(path('web'));
    const stoodBy = standbyPlan.paths.find((each: AnyObject) => each.path === path('web')).source;
    expect(stoodBy.standbyFor.id).toBe(main);
    const renditions = [`compressed/${ns}/dock/`];
    expect(mainPlan.readers).toEqual([
      { credential: legs[0].credential, paths: renditions },
      { credential: stoodBy.standbyFor.credential, paths: renditions },
    ]);
    const original = mainPlan.paths.find((each: AnyObject) => each.path === `original/${ns}/dock/gate`);
    expect(original.source.forEncodersOnly).toBe(true);
    expect(factory.readers).toContainEqual({
      credential: original.source.legs[0].credential,
      paths: [`original/${ns}/dock/`],
    });
    await hearFactory({ web: [main, standby], small: await readLegs('small') });
    expect((await readCondition('Site', 'dock', 'Encoding')).status).toBe('True');
    const { status } = await operator.get('Site', ns, 'dock');
    const [web] = status.cameras[0].renditions;
    expect(web).toMatchObject({ name: 'web', state: 'Encoding', workers: [main, standby] });
    expect(web.urls.rtsp).toMatch(new RegExp(`${path('web')}$`));
  });

  it('is at its relay with each rendition from both sides of its factory, and says where to watch it there', async () => {
    await operator.apply(relay(ns, 'main', {}));
    await operator.apply(site(ns, 'dock', { cameras: [gate], compression, relayRef: { name: 'main' } }));
    await operator.settle();
    await makeReady('dock-pool-0', 'dock-pool-1');
    const { paths } = await operator.readPlan(ns, 'main-relay-0-primary');
    const web = paths.find((each: AnyObject) => each.path === path('web'));
    expect(web.source.legs.map(({ url }: AnyObject) => url)).toEqual(
      ['primary', 'backup'].map((side) => `rtsp://dock-factory-0-${side}.${ns}.svc:8554/${path('web')}`),
    );
    const { readers } = await operator.readPlan(ns, 'dock-factory-0-primary');
    expect(readers).toContainEqual({
      credential: web.source.legs[0].credential,
      paths: [`compressed/${ns}/dock/`, `original/${ns}/dock/`],
    });
    const { status } = await operator.get('Site', ns, 'dock');
    expect(status.cameras[0].renditions[0].urls.rtsp).toBe(
      `rtsp://main-relay-0.${ns}.svc:8554/${path('web')}`,
    );
  });

  it('has no pool any more when it has no profiles any more', async () => {
    await operator.apply(site(ns, 'dock', { cameras: [gate], compression }));
    await operator.settle();
    await operator.apply(site(ns, 'dock', { cameras: [gate] }));
    await operator.settle();
    expect(await operator.get('CompressorPool', ns, 'dock')).toBeUndefined();
    const { status } = await operator.get('Site', ns, 'dock');
    expect(status.conditions.map(({ type }: AnyObject) => type)).not.toContain('Encoding');
  });
});

describe('a pool that is scaled', () => {
  it('makes workers, and lets one go when its renditions come from another and nobody takes them from it', async () => {
    const workers = ['encoders-pool-0', 'encoders-pool-1', 'encoders-pool-2'];
    await operator.apply(pool(ns, 'encoders', {}));
    await operator.settle();
    await scale(3, 'encoders');
    await makeReady(...workers);
    expect((await operator.get('CompressorPool', ns, 'encoders')).status.replicas).toBe(3);
    const profiles = ['a', 'b', 'c'].map((name) => ({ name, video: { height: 360 } }));
    const spec = { cameras: [gate], compression: { profiles }, poolRef: { name: 'encoders' } };
    await operator.apply(site(ns, 'dock', spec));
    await operator.settle();
    const before = await readAll();
    await hearWorkers(before);
    await hearFactory(before);

    await scale(1, 'encoders');
    const { status } = await operator.get('CompressorPool', ns, 'encoders');
    const leaving = status.workers.filter((worker: AnyObject) => worker.leaving);
    const moved = Object.entries(before).flatMap(([name, [from = '']]) => {
      return leaving.some((worker: AnyObject) => worker.name === from) ? [{ name, from }] : [];
    });
    expect(moved.length).toBeGreaterThan(0);
    const moving = await readAll();
    for (const { name, from } of moved) {
      // The new one is to be up before the one that it leaves ends.
      expect(moving[name]?.indexOf(from)).toBeGreaterThan(0);
      expect(await listEncoded(from)).toContain(path(name));
    }
    // Their standbys take over, and hand on what the others encode until they do so themselves.
    await hearFactory(moving);
    expect(await readAll()).toEqual(moving);
    await hearWorkers(moving);
    const done = await readAll();
    for (const { name, from } of moved) {
      expect(done[name]).not.toContain(from);
      // The factory's agents have yet to take the plan without it.
      expect(await listEncoded(from)).toContain(path(name));
    }
    await hearFactory(done);
    const left = (await operator.list('Deployment', ns)).map(({ metadata }) => metadata.name);
    expect(left.filter((name) => workers.includes(name))).toHaveLength(1);
    expect(operator.events).toContain('WorkersChanged encoders');

    async function readAll(): Promise<Record<string, string[]>> {
      const legs = await Promise.all(profiles.map(async ({ name }) => [name, await readLegs(name)] as const));
      return Object.fromEntries(legs);
    }
  });

  it('keeps the number that an autoscaler wrote when its manifest is applied again without one', async () => {
    const manifest = pool(ns, 'encoders', { autoscaling: { maxReplicas: 6 } });
    await operator.apply(manifest);
    await operator.settle();
    await scale(4, 'encoders');
    const again = await recordCalls(() => operator.apply(manifest));
    expect(again).toEqual([]);
    expect((await operator.get('CompressorPool', ns, 'encoders')).spec.replicas).toBe(4);
    const autoscaler = await operator.get('HorizontalPodAutoscaler', ns, 'encoders-pool');
    expect(autoscaler.spec.scaleTargetRef.name).toBe('encoders');
  });

  it('is told to have more where renditions would wait for a slot, and fewer when they go', async () => {
    await operator.apply(pool(ns, 'encoders', { renditionsPerWorker: 2, autoscaling: { maxReplicas: 6 } }));
    const profiles = ['a', 'b', 'c'].map((name) => ({ name, video: { height: 360 } }));
    const redundant = { redundancy: 'Hot', profiles };
    const apply = async (spec: AnyObject) => {
      await operator.apply(site(ns, 'dock', { cameras: [gate], poolRef: { name: 'encoders' }, ...spec }));
      await operator.settle();
      return (await operator.get('HorizontalPodAutoscaler', ns, 'encoders-pool')).spec.minReplicas;
    };
    operator.aheadMs += LONG_MS;
    expect(await apply({ compression: redundant })).toBe(4);
    expect(await apply({})).toBe(2);
  });
});

describe('a worker that is lost', () => {
  it('gives its renditions to their standby for good, and they get another one', async () => {
    await operator.apply(
      site(ns, 'dock', { cameras: [gate], compression, pool: { autoscaling: { minReplicas: 3 } } }),
    );
    await operator.settle();
    await scale(3);
    await makeReady('dock-pool-0', 'dock-pool-1', 'dock-pool-2');
    const [main = '', standby = ''] = await readLegs('web');
    await hearFactory({ web: [main, standby], small: await readLegs('small') });
    await operator.patch(
      'Deployment',
      ns,
      main,
      { status: { readyReplicas: 0, availableReplicas: 0 } },
      '/status',
    );
    await operator.settle();
    expect((await readLegs('web'))[0]).toBe(main);
    operator.aheadMs += LONG_MS;
    await operator.patch('CompressorPool', ns, 'dock', { metadata: { annotations: { a: 'b' } } });
    await operator.settle();
    const legs = await readLegs('web');
    expect(legs[0]).toBe(standby);
    expect(legs).toHaveLength(2);
    expect(legs).not.toContain(main);
    expect(await listEncoded(standby)).toContain(path('web'));
  });
});

describe('a node that is cordoned', () => {
  it('is left by what its worker encodes, which goes on there until it comes from elsewhere', async () => {
    const nodes = ['node-0', 'node-1', 'node-2'];
    for (const name of nodes) await operator.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    await operator.apply(site(ns, 'dock', { cameras: [gate], compression }));
    await operator.settle();
    await scale(3);
    await makeReady('dock-pool-0', 'dock-pool-1', 'dock-pool-2');
    const before = { web: await readLegs('web'), small: await readLegs('small') };
    await hearWorkers(before);
    await hearFactory(before);
    const [main = ''] = before.web;
    const node = nodes[Number(main.at(-1))] ?? '';
    await operator.patch('Node', '', node, { spec: { unschedulable: true } });
    await operator.settle();
    expect((await readLegs('web')).indexOf(main)).toBeGreaterThan(0);
    expect(await listEncoded(main)).toContain(path('web'));
    const { status } = await operator.get('CompressorPool', ns, 'dock');
    const leaving = status.workers.filter((worker: AnyObject) => worker.leaving);
    expect(leaving).toMatchObject([{ name: main, node }]);
    await operator.patch('Node', '', node, { spec: { unschedulable: null } });
  });
});

describe('a pod that is shut down', () => {
  it('is left by what its worker encodes, though its successor is ready', async () => {
    await operator.apply(site(ns, 'dock', { cameras: [gate], compression }));
    await operator.settle();
    await makeReady('dock-pool-0', 'dock-pool-1');
    const before = { web: await readLegs('web'), small: await readLegs('small') };
    await hearWorkers(before);
    await hearFactory(before);
    const [main = ''] = before.web;
    await operator.shutDown(ns, main);
    const { spec } = await operator.get('Deployment', ns, main);
    const successor = { namespace: ns, name: `${main}-next`, labels: spec.template.metadata.labels };
    await operator.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: successor,
      spec: { nodeName: 'node-2', containers: [{ name: 'agent', image: 'agent:1' }] },
    });
    const conditions = [{ type: 'Ready', status: 'True' }];
    await operator.patch('Pod', ns, successor.name, { status: { phase: 'Running', conditions } }, '/status');
    await operator.settle();
    expect((await readLegs('web')).indexOf(main)).toBeGreaterThan(0);
  });
});

describe('what cannot be encoded', () => {
  const hardware = { profiles: [{ name: 'web', video: { hardware: 'NVENC' } }] };

  it.each([
    { what: 'by a pool that is not there', poolRef: { name: 'none' }, reason: 'PoolNotFound' },
    {
      what: 'by a pool that permits others alone',
      poolRef: { name: 'theirs', namespace: 'elsewhere' },
      reason: 'PoolNotAllowed',
    },
    { what: 'by hardware that the pool has not', poolRef: { name: 'plain' }, reason: 'HardwareNotOffered' },
  ])('$what is said, and the originals go on', async ({ poolRef, reason }) => {
    await operator.apply(namespace('elsewhere'));
    await operator.apply(pool('elsewhere', 'theirs', {}));
    await operator.apply(pool(ns, 'plain', {}));
    await operator.apply(site(ns, 'dock', { cameras: [gate], compression: hardware, poolRef }));
    await operator.settle();
    expect(await readCondition('Site', 'dock', 'Stalled')).toMatchObject({ status: 'True', reason });
    const { paths } = await operator.readPlan(ns, 'dock-factory-0-primary');
    expect(paths.map((each: AnyObject) => each.path)).toEqual([`original/${ns}/dock/gate`]);
  });

  it('by hardware that no node has stalls the pool', async () => {
    await operator.apply(pool(ns, 'fast', { hardware: { encoder: 'NVENC' } }));
    await operator.settle();
    const stalled = await readCondition('CompressorPool', 'fast', 'Stalled');
    expect(stalled).toMatchObject({ status: 'True', reason: 'HardwareNotOffered' });
    expect(stalled.message).toContain('nvidia.com/gpu');
  });
});

describe('renditions without a pool', () => {
  it('are encoded by both sides of an all-in-one factory', async () => {
    await operator.apply(site(ns, 'dock', { cameras: [gate], compression, topology: 'AllInOne' }));
    await operator.settle();
    for (const side of ['primary', 'backup']) {
      const { paths } = await operator.readPlan(ns, `dock-factory-0-${side}`);
      const sources = paths.map((each: AnyObject) => `${each.path} ${each.source.from}`);
      expect(sources).toEqual([
        `original/${ns}/dock/gate publish`,
        `${path('web')} transcode`,
        `${path('small')} transcode`,
      ]);
    }
    expect(await operator.list('CompressorPool', ns)).toEqual([]);
  });

  it("come from a camera's own second stream, with its own user, and where to push it is said", async () => {
    const own = { profiles: [{ name: 'web', cameraStream: { push: {} } }] };
    await operator.apply(site(ns, 'dock', { cameras: [{ ...gate, compression: own }] }));
    await operator.settle();
    const { paths } = await operator.readPlan(ns, 'dock-factory-0-primary');
    const [original, web] = paths.map(({ source }: AnyObject) => source);
    expect(web).toEqual(original);
    const { status } = await operator.get('Site', ns, 'dock');
    expect(status.cameras[0].renditions[0].publish.primary.rtmp).toMatch(new RegExp(`${path('web')}$`));
    expect(await operator.list('CompressorPool', ns)).toEqual([]);
  });
});
