import { PLAN_KEY } from '@cupola/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { factory, namespace, relay, site } from '../../test/manifests.ts';
import { MemoryCluster } from '../../test/memory-cluster.ts';
import { cameraFactorySpecSchema } from '../api/camera-factory.ts';
import { masterRelaySpecSchema } from '../api/master-relay.ts';
import { siteSpecSchema } from '../api/site.ts';
import { MAX_SHARDS } from '../topology/sticky-shards.ts';

let cluster: MemoryCluster;

beforeEach(() => {
  cluster = new MemoryCluster();
  for (const name of ['cupola-system', 'yard']) cluster.put({ ...namespace(name), status: {} });
});

function putSite(name: string, cameras: string[], spec: object = {}): void {
  const pulled = cameras.map((camera) => ({ name: camera, pull: { url: `rtsp://192.0.2.7/${camera}` } }));
  cluster.put(site('yard', name, siteSpecSchema.parse({ cameras: pulled, ...spec })));
}

describe('one change among many Sites', () => {
  const others = Array.from({ length: 50 }, (_, index) => `site-${index}`);

  it('is looked at by the Site that it concerns and its tiers alone', async () => {
    cluster.put(relay('yard', 'main', masterRelaySpecSchema.parse({ streamsPerShard: 20 })));
    for (const name of ['dock', ...others]) putSite(name, ['a', 'b'], { relayRef: { name: 'main' } });
    await cluster.settle();
    cluster.runs.length = 0;
    cluster.writes.length = 0;

    putSite('dock', ['a', 'b', 'c'], { relayRef: { name: 'main' } });
    await cluster.settle();
    expect([...new Set(cluster.runs)].sort()).toEqual([
      'CameraFactory yard/dock',
      'MasterRelay yard/main',
      'Site yard/dock',
    ]);
    expect(cluster.runs.length).toBeLessThan(12);
    expect(cluster.writes.filter((write) => !write.endsWith(' status')).sort()).toEqual([
      'Secret yard/dock-factory-0-backup-plan',
      'Secret yard/dock-factory-0-primary-plan',
      'Secret yard/main-relay-5-backup-plan',
      'Secret yard/main-relay-5-primary-plan',
    ]);
  });

  it('of a shared factory takes nothing from the Sites that stay, when one goes', async () => {
    cluster.put(factory('yard', 'hall', cameraFactorySpecSchema.parse({})));
    for (const name of ['dock', ...others.slice(0, 5)])
      putSite(name, ['a'], { factoryRef: { name: 'hall' } });
    await cluster.settle();
    cluster.runs.length = 0;
    cluster.remove('Site', 'yard', 'dock');
    await cluster.settle();
    expect([...new Set(cluster.runs)].sort()).toEqual(['CameraFactory yard/hall', 'Site yard/dock']);
    const { status } = cluster.find('CameraFactory', 'yard', 'hall');
    expect([status.sites, status.cameras]).toEqual([5, 5]);
  });
});

describe("a tier's own viewer", () => {
  it('has its changed password, though the cache that it is read from hears of it last', async () => {
    cluster.put(relay('yard', 'main', masterRelaySpecSchema.parse({})));
    putSite('dock', ['a'], { relayRef: { name: 'main' } });
    await cluster.settle();
    const viewer = cluster.find('Secret', 'yard', 'main-relay-viewer');
    cluster.isBasicAuthLate = true;
    cluster.put({ ...viewer, data: { ...viewer?.data, password: btoa('chosen') } });
    await cluster.settle();
    cluster.hearLate();
    await cluster.settle();
    const { data } = cluster.find('Secret', 'yard', 'main-relay-0-primary-plan') ?? {};
    const [{ credential }] = JSON.parse(atob(data[PLAN_KEY])).readers;
    expect(credential).toEqual({ user: 'viewer', password: 'chosen' });
  });
});

describe('the word of a worker', () => {
  it('is looked at by the Site that it concerns and its pool alone, and not for its figures', async () => {
    const compression = { profiles: [{ name: 'web' }] };
    for (const name of ['dock', 'quay']) putSite(name, ['a'], { compression });
    await cluster.settle();
    const path = 'compressed/yard/dock/a/web';
    const say = (cores: number, state: 'encoding' | 'stalled' = 'encoding') => {
      const encoder = { state, cores, tooSlow: false, droppedFrames: 0, restarts: 0 };
      const states = [{ path, online: true, sinceMs: 0, tracks: [], encoder }];
      cluster.states.take('yard/dock-pool-0', 'uid', { type: 'states', complete: false, paths: states });
    };
    cluster.states.connect('yard/dock-pool-0', { uid: 'uid', created: '' }, 1);
    say(0.2);
    await cluster.settle();
    cluster.runs.length = 0;
    say(0.3);
    await cluster.settle();
    expect(cluster.runs).toEqual([]);
    say(0.3, 'stalled');
    await cluster.settle();
    expect([...new Set(cluster.runs)].sort()).toEqual(['CompressorPool yard/dock', 'Site yard/dock']);
  });
});

describe('more cameras than all shards take', () => {
  it('stall their Site, and leave the others where they are', async () => {
    const cameras = Array.from(
      { length: MAX_SHARDS + 2 },
      (_, index) => `cam-${String(index).padStart(3, '0')}`,
    );
    putSite('dock', cameras, { factory: { camerasPerShard: 1 } });
    await cluster.settle();
    const { status } = cluster.find('Site', 'yard', 'dock');
    expect(status.cameras).toHaveLength(MAX_SHARDS);
    expect(status.counts).toMatchObject({ total: MAX_SHARDS + 2, offline: MAX_SHARDS + 2 });
    const stalled = status.conditions.find(({ type }: { type: string }) => type === 'Stalled');
    expect(stalled).toMatchObject({ status: 'True', reason: 'TierFull' });
    expect(stalled.message).toContain('raise its spec.camerasPerShard');
  });
});

describe('a CRD newer than the operator', () => {
  it('costs no stream: what is not known is left out of account', async () => {
    putSite('dock', ['a']);
    await cluster.settle();
    const { spec } = cluster.find('Site', 'yard', 'dock');
    cluster.writes.length = 0;
    cluster.put(site('yard', 'dock', { ...spec, weather: [{ name: 'fog' }] }));
    await cluster.settle();
    expect(cluster.writes.filter((write) => write.startsWith('Secret'))).toEqual([]);
    expect(cluster.find('CameraFactory', 'yard', 'dock').status.cameras).toBe(1);
  });

  it('stalls what cannot be read, and leaves its pods', async () => {
    putSite('dock', ['a']);
    await cluster.settle();
    cluster.put(site('yard', 'dock', { cameras: 'all' }));
    await cluster.settle();
    const { conditions } = cluster.find('Site', 'yard', 'dock').status;
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'Stalled', reason: 'InvalidSpec' }));
    expect(cluster.find('Deployment', 'yard', 'dock-factory-0-primary')).toBeDefined();
  });
});
