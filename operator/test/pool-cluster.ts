/** A pool of eight workers that Sites of several namespaces share, over objects in memory. */
import type { EncoderState, PathState } from '@cupola/protocol';
import { compressorPoolSpecSchema } from '../src/api/compressor-pool.ts';
import { SIDES } from '../src/api/labels.ts';
import { siteSpecSchema } from '../src/api/site.ts';
import { type AnyObject, namespace, pool, site } from './manifests.ts';
import { MemoryCluster } from './memory-cluster.ts';

const WORKERS = 8;

export class PoolCluster {
  readonly cluster = new MemoryCluster();

  constructor() {
    for (const name of ['cupola-system', 'encoders', 'yard', 'port'])
      this.cluster.put({ ...namespace(name), status: {} });
  }

  putPool(spec: object = {}): void {
    const allowedSites = { namespaces: { from: 'All' } };
    const parsed = compressorPoolSpecSchema.parse({ replicas: WORKERS, allowedSites, ...spec });
    this.cluster.put(pool('encoders', 'shared', parsed));
  }

  /** With a camera `gate` and a profile `web`. */
  putSite(ns: string, name: string): void {
    const cameras = [{ name: 'gate', pull: { url: 'rtsp://192.0.2.7/gate' } }];
    const poolRef = { name: 'shared', namespace: 'encoders' };
    const compression = { profiles: [{ name: 'web' }] };
    this.cluster.put(site(ns, name, siteSpecSchema.parse({ cameras, compression, poolRef })));
  }

  /** The pods of all workers run, each on a node of its own. */
  async makeReady(): Promise<void> {
    await this.cluster.settle();
    for (let index = 0; index < WORKERS; index++) this.#makeReady(index);
    await this.cluster.settle();
  }

  async cordon(worker: string): Promise<void> {
    const name = worker.replace('shared-pool', 'node');
    this.cluster.put({ kind: 'Node', metadata: { name }, spec: { unschedulable: true }, status: {} });
    await this.cluster.settle();
  }

  readPlan(ns: string, workload: string): AnyObject {
    const { data } = this.cluster.find('Secret', ns, `${workload}-plan`) ?? {};
    return JSON.parse(Buffer.from(data['plan.json'], 'base64').toString());
  }

  /** The workers from which the Site's factory takes the rendition. */
  listLegs(ns: string, name: string): string[] {
    const { paths } = this.readPlan(ns, `${name}-factory-0-primary`);
    const found = paths.find(({ path }: AnyObject) => path === renditionOf(ns, name));
    return found?.source.legs.map(({ id }: AnyObject) => id) ?? [];
  }

  findCondition(kind: string, ns: string, name: string, type: string): AnyObject {
    const { conditions } = this.cluster.find(kind, ns, name)?.status ?? {};
    return conditions.find((condition: AnyObject) => condition.type === type);
  }

  /** Both sides of the Site's factory have the camera, and of the rendition the legs of their plan; those `live` carry. */
  async sayOfFactory(ns: string, name: string, live: readonly string[]): Promise<void> {
    for (const side of SIDES) {
      const legs = this.listLegs(ns, name).map((id) => ({ id, state: stateOfLeg(live.includes(id)) }));
      this.#say(`${ns}/${name}-factory-0-${side}`, [
        { path: `original/${ns}/${name}/gate`, online: true },
        { path: renditionOf(ns, name), online: live.length > 0, legs },
      ]);
    }
    await this.cluster.settle();
  }

  async sayOfWorker(worker: string, path: string, encoder: Partial<EncoderState>): Promise<void> {
    const state = { state: 'encoding', tooSlow: false, droppedFrames: 0, restarts: 0, ...encoder } as const;
    this.#say(`encoders/${worker}`, [{ path, online: state.state === 'encoding', encoder: state }]);
    await this.cluster.settle();
  }

  #say(workload: string, paths: (Pick<PathState, 'path' | 'online'> & Partial<PathState>)[]): void {
    const { states } = this.cluster;
    if (states.get(workload) === undefined) states.connect(workload, { uid: workload, created: '' }, 1);
    const named = paths.map((path) => ({ sinceMs: 0, tracks: [], ...path }));
    states.take(workload, workload, { type: 'states', complete: true, paths: named });
  }

  #makeReady(index: number): void {
    const name = `shared-pool-${index}`;
    const deployment = this.cluster.find('Deployment', 'encoders', name);
    if (deployment === undefined) return;
    const { labels } = deployment.spec.template.metadata;
    const counts = { readyReplicas: 1, updatedReplicas: 1, replicas: 1 };
    const observedGeneration = deployment.metadata.generation + 1;
    this.cluster.put({ ...deployment, status: { observedGeneration, ...counts } });
    const conditions = [{ type: 'Ready', status: 'True' }];
    const metadata = { namespace: 'encoders', name, labels };
    this.cluster.put({ kind: 'Pod', metadata, spec: { nodeName: `node-${index}` }, status: { conditions } });
  }
}

/** The path of a Site's rendition. */
export function renditionOf(ns: string, name: string): string {
  return `compressed/${ns}/${name}/gate/web`;
}

function stateOfLeg(isLive: boolean): 'live' | 'connecting' {
  return isLive ? 'live' : 'connecting';
}
