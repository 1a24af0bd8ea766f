import { beforeEach, describe, expect, it } from 'vitest';
import { type AnyObject, factory, namespace } from '../../test/manifests.ts';
import { MemoryCluster } from '../../test/memory-cluster.ts';
import { cameraFactorySpecSchema } from '../api/camera-factory.ts';

/** As many as MemoryCluster lets be upgraded at once. */
const AT_ONCE = 10;
const NAMES = Array.from({ length: 40 }, (_, index) => `hall-${index}`);
const LONGER_THAN_SETTLING_MS = 20_000;

let cluster: MemoryCluster;

beforeEach(async () => {
  cluster = new MemoryCluster();
  for (const name of ['cupola-system', 'yard']) cluster.put({ ...namespace(name), status: {} });
  putFactories('50m');
  await cluster.settle();
  for (const name of NAMES) for (const side of ['primary', 'backup']) makeReady(name, side);
  await cluster.settle();
  cluster.nowMs += LONGER_THAN_SETTLING_MS;
});

function putFactories(cpu: string): void {
  const spec = cameraFactorySpecSchema.parse({ resources: { agent: { requests: { cpu } } } });
  for (const name of NAMES) cluster.put(factory('yard', name, spec));
}

function makeReady(name: string, side: string): void {
  const deployment = cluster.find('Deployment', 'yard', `${name}-factory-0-${side}`);
  const counts = { readyReplicas: 1, updatedReplicas: 1, replicas: 1 };
  const observedGeneration = deployment?.metadata.generation + 1;
  cluster.put({ ...deployment, status: { observedGeneration, ...counts } });
}

async function finish(name: string): Promise<void> {
  makeReady(name, 'backup');
  const service = cluster.find('Service', 'yard', `${name}-factory-0`);
  cluster.put({ ...service, spec: { ...service?.spec, selector: { 'cupola.dev/side': 'backup' } } });
  await cluster.settle();
  makeReady(name, 'primary');
  await cluster.settle();
}

function listIn(state: string): string[] {
  return NAMES.filter((name) => readShard(name)?.upgrade?.state === state);
}

function readShard(name: string): AnyObject {
  return cluster.find('CameraFactory', 'yard', name)?.status.shards[0];
}

describe('an upgrade of many tiers', () => {
  it('begins with so many, and looks at those that wait only when their turn comes', async () => {
    putFactories('200m');
    await cluster.settle();
    expect([listIn('Rolling').length, listIn('Waiting').length]).toEqual([AT_ONCE, NAMES.length - AT_ONCE]);
    const changed = cluster.writes.filter((write) => /Deployment/.test(write)).length - 2 * NAMES.length;
    expect(changed).toBe(AT_ONCE);

    const [first = ''] = listIn('Rolling');
    const waiting = new Set(listIn('Waiting'));
    cluster.runs.length = 0;
    await finish(first);
    const begun = [...waiting].filter((name) => !listIn('Waiting').includes(name));
    expect(begun).toHaveLength(1);
    const looked = new Set(cluster.runs.filter((run) => run.startsWith('CameraFactory')));
    expect(looked).toEqual(new Set([first, ...begun].map((name) => `CameraFactory yard/${name}`)));
  });

  it('gives the place of a tier that is deleted to the next', async () => {
    putFactories('200m');
    await cluster.settle();
    const rolling = listIn('Rolling');
    cluster.remove('CameraFactory', 'yard', rolling[0] ?? '');
    await cluster.settle();
    expect(listIn('Rolling')).toHaveLength(AT_ONCE);
  });
});
