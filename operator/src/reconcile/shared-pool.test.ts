import { beforeEach, describe, expect, it } from 'vitest';
import { type AnyObject, namespace, pool, site } from '../../test/manifests.ts';
import { MemoryCluster } from '../../test/memory-cluster.ts';
import { compressorPoolSpecSchema } from '../api/compressor-pool.ts';
import { siteSpecSchema } from '../api/site.ts';

let cluster: MemoryCluster;

beforeEach(() => {
  cluster = new MemoryCluster();
  for (const name of ['cupola-system', 'encoders', 'yard', 'port'])
    cluster.put({ ...namespace(name), status: {} });
});

function putPool(spec: object = {}): void {
  const allowedSites = { namespaces: { from: 'All' } };
  cluster.put(
    pool('encoders', 'gpu', compressorPoolSpecSchema.parse({ replicas: 8, allowedSites, ...spec })),
  );
}

function putSite(ns: string, name: string, profiles = [{ name: 'web' }]): void {
  const cameras = [{ name: 'gate', pull: { url: 'rtsp://192.0.2.7/gate' } }];
  const poolRef = { name: 'gpu', namespace: 'encoders' };
  cluster.put(site(ns, name, siteSpecSchema.parse({ cameras, compression: { profiles }, poolRef })));
}

/** The pods of all workers run, each on a node of its own. */
async function makeReady(): Promise<void> {
  await cluster.settle();
  for (let index = 0; index < 8; index++) {
    const name = `gpu-pool-${index}`;
    const deployment = cluster.find('Deployment', 'encoders', name);
    if (deployment === undefined) continue;
    const { labels } = deployment.spec.template.metadata;
    const observedGeneration = deployment.metadata.generation + 1;
    cluster.put({
      ...deployment,
      status: { observedGeneration, readyReplicas: 1, updatedReplicas: 1, replicas: 1 },
    });
    const conditions = [{ type: 'Ready', status: 'True' }];
    const metadata = { namespace: 'encoders', name, labels };
    cluster.put({ kind: 'Pod', metadata, spec: { nodeName: `node-${index}` }, status: { conditions } });
  }
  await cluster.settle();
}

function readPlan(ns: string, workload: string): AnyObject {
  const { data } = cluster.find('Secret', ns, `${workload}-plan`)!;
  return JSON.parse(Buffer.from(data['plan.json'], 'base64').toString());
}

/** The workers from which a factory takes the rendition of its gate. */
function listLegs(ns: string, name: string): string[] | undefined {
  const { paths } = readPlan(ns, `${name}-factory-0-primary`);
  const found = paths.find(({ path }: AnyObject) => path === `compressed/${ns}/${name}/gate/web`);
  return found?.source.legs.map(({ id }: AnyObject) => id);
}

function findCondition(kind: string, ns: string, name: string, type: string): AnyObject {
  const { conditions } = cluster.find(kind, ns, name)!.status;
  return conditions.find((condition: AnyObject) => condition.type === type);
}

describe('a pool that Sites of several namespaces share', () => {
  beforeEach(async () => {
    putPool();
    putSite('yard', 'dock');
    putSite('port', 'dock');
    await makeReady();
  });

  it('takes up another one by the plans of the workers that it goes to, and no others', async () => {
    cluster.writes.length = 0;
    putSite('yard', 'quay');
    await cluster.settle();
    const legs = listLegs('yard', 'quay') ?? [];
    expect(legs).toHaveLength(2);
    const secrets = new Set(cluster.writes.filter((write) => write.startsWith('Secret encoders/')));
    const plans = legs.map((worker) => `Secret encoders/${worker}-plan`);
    expect([...secrets].sort()).toEqual([...plans, 'Secret encoders/gpu-pool-placement'].sort());
    expect(cluster.writes.filter((write) => /^Deployment (encoders|port)|dock/.test(write))).toEqual([]);
  });

  it('is not looked at again for what its autoscaler measures', async () => {
    const autoscaler = cluster.find('HorizontalPodAutoscaler', 'encoders', 'gpu-pool')!;
    cluster.runs.length = 0;
    const { generation: _, ...metadata } = autoscaler.metadata;
    cluster.put({ ...autoscaler, metadata, status: { currentReplicas: 8 } });
    await cluster.settle();
    expect(cluster.runs).toEqual([]);
    cluster.put({ ...autoscaler, spec: { ...autoscaler.spec, maxReplicas: 99 } });
    await cluster.settle();
    expect(cluster.find('HorizontalPodAutoscaler', 'encoders', 'gpu-pool')?.spec.maxReplicas).toBe(10);
  });

  it('leaves what it encoded to be seen as long as it is, when it is deleted, and says so at each Site', async () => {
    const before = listLegs('yard', 'dock');
    cluster.remove('CompressorPool', 'encoders', 'gpu');
    await cluster.settle();
    for (const ns of ['yard', 'port']) {
      expect(findCondition('Site', ns, 'dock', 'Stalled').reason).toBe('PoolNotFound');
      const { paths } = readPlan(ns, 'dock-factory-0-primary');
      expect(paths[0].path).toBe(`original/${ns}/dock/gate`);
    }
    expect(listLegs('yard', 'dock')).toEqual(before);
    putPool();
    await cluster.settle();
    expect(findCondition('Site', 'port', 'dock', 'Stalled').status).toBe('False');
    expect(listLegs('yard', 'dock')).toEqual(before);
  });

  it('ends at once what it permits no more, and is let into those originals no more', async () => {
    const [worker = ''] = listLegs('port', 'dock') ?? [];
    const readsOriginals = () =>
      readPlan('port', 'dock-factory-0-primary').readers.some(({ credential }: AnyObject) =>
        credential.user.includes('pool'),
      );
    expect(readsOriginals()).toBe(true);
    putPool({ allowedSites: { namespaces: { from: 'Same' } } });
    await cluster.settle();
    expect(findCondition('Site', 'port', 'dock', 'Stalled').reason).toBe('PoolNotAllowed');
    expect(readPlan('encoders', worker).paths).toEqual([]);
    expect(readsOriginals()).toBe(false);
  });
});
