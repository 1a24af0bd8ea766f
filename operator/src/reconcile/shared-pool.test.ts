import { beforeEach, describe, expect, it } from 'vitest';
import type { AnyObject } from '../../test/manifests.ts';
import { PoolCluster, renditionOf } from '../../test/pool-cluster.ts';

let shared: PoolCluster;

beforeEach(async () => {
  shared = new PoolCluster();
  shared.putPool();
  shared.putSite('yard', 'dock');
  shared.putSite('port', 'dock');
  await shared.makeReady();
});

describe('a pool that Sites of several namespaces share', () => {
  it('takes up another one by the plans of the workers that it goes to, and no others', async () => {
    const { cluster } = shared;
    cluster.writes.length = 0;
    shared.putSite('yard', 'quay');
    await cluster.settle();
    const legs = shared.listLegs('yard', 'quay');
    expect(legs).toHaveLength(2);
    const secrets = new Set(cluster.writes.filter((write) => write.startsWith('Secret encoders/')));
    const plans = legs.map((worker) => `Secret encoders/${worker}-plan`);
    expect([...secrets].sort()).toEqual([...plans, 'Secret encoders/shared-pool-placement'].sort());
    expect(cluster.writes.filter((write) => /^Deployment (encoders|port)|dock/.test(write))).toEqual([]);
  });

  it('is not looked at again for what its autoscaler measures', async () => {
    const { cluster } = shared;
    const autoscaler = cluster.find('HorizontalPodAutoscaler', 'encoders', 'shared-pool');
    cluster.runs.length = 0;
    cluster.put({ ...autoscaler, status: { currentReplicas: 8 } });
    await cluster.settle();
    expect(cluster.runs).toEqual([]);
    cluster.put({ ...autoscaler, spec: { ...autoscaler.spec, maxReplicas: 99 } });
    await cluster.settle();
    expect(cluster.find('HorizontalPodAutoscaler', 'encoders', 'shared-pool').spec.maxReplicas).toBe(10);
  });

  it('leaves what it encoded to be seen as long as it is, when it is deleted, and says so at each Site', async () => {
    const { cluster } = shared;
    const before = shared.listLegs('yard', 'dock');
    cluster.remove('CompressorPool', 'encoders', 'shared');
    await cluster.settle();
    for (const ns of ['yard', 'port']) {
      expect(shared.findCondition('Site', ns, 'dock', 'Stalled').reason).toBe('PoolNotFound');
      const { paths } = shared.readPlan(ns, 'dock-factory-0-primary');
      expect(paths[0].path).toBe(`original/${ns}/dock/gate`);
    }
    expect(shared.listLegs('yard', 'dock')).toEqual(before);
    shared.putPool();
    await cluster.settle();
    expect(shared.findCondition('Site', 'port', 'dock', 'Stalled').status).toBe('False');
    expect(shared.listLegs('yard', 'dock')).toEqual(before);
  });

  it('ends at once what it permits no more, and is let into those originals no more', async () => {
    const [worker = ''] = shared.listLegs('port', 'dock');
    const readsOriginals = () =>
      shared
        .readPlan('port', 'dock-factory-0-primary')
        .readers.some(({ credential }: AnyObject) => credential.user.includes('pool'));
    expect(readsOriginals()).toBe(true);
    shared.putPool({ allowedSites: { namespaces: { from: 'Same' } } });
    await shared.cluster.settle();
    expect(shared.findCondition('Site', 'port', 'dock', 'Stalled').reason).toBe('PoolNotAllowed');
    const { paths } = shared.readPlan('encoders', worker);
    expect(paths.filter(({ path }: AnyObject) => path.includes('/port/'))).toEqual([]);
    expect(readsOriginals()).toBe(false);
  });
});

describe('a worker whose node is cordoned', () => {
  const path = renditionOf('yard', 'dock');

  async function cordonFirst(): Promise<[from: string, to: string]> {
    const [from = '', to = ''] = shared.listLegs('yard', 'dock');
    await shared.sayOfWorker(from, path, {});
    await shared.sayOfFactory('yard', 'dock', [from, to]);
    await shared.cordon(from);
    expect(shared.listLegs('yard', 'dock').slice(0, 2)).toEqual([to, from]);
    return [from, to];
  }

  it('is left when the next one encodes, and not while that one only fails', async () => {
    const [from, to] = await cordonFirst();
    await shared.sayOfWorker(to, path, { state: 'stalled' });
    await shared.sayOfFactory('yard', 'dock', [from]);
    expect(shared.listLegs('yard', 'dock')).toContain(from);
    await shared.sayOfWorker(to, path, {});
    await shared.sayOfFactory('yard', 'dock', [from, to]);
    expect(shared.listLegs('yard', 'dock')).not.toContain(from);
  });

  it('is left by a rendition that nobody can encode', async () => {
    const [from, to] = await cordonFirst();
    await shared.sayOfWorker(from, path, { state: 'stalled' });
    await shared.sayOfWorker(to, path, { state: 'stalled' });
    await shared.sayOfFactory('yard', 'dock', []);
    expect(shared.listLegs('yard', 'dock')).not.toContain(from);
  });
});
