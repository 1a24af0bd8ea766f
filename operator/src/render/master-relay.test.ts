import { mediaPlanSchema } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import { buildFactory, buildRelay, buildSecrets, buildShard, buildSite } from '../../test/tier-builders.ts';
import { buildSurroundings, pick, pickPlan } from '../../test/tier-surroundings.ts';
import { layOutFactory } from '../topology/factory-layout.ts';
import { readPlan } from '../topology/plan-record.ts';
import { type CarriedSite, layOutRelay } from '../topology/relay-layout.ts';
import { renderCameraFactory } from './camera-factory.ts';
import { renderMasterRelay } from './master-relay.ts';

const MIB = 1024 * 1024;
const nothing: ReadonlyMap<string, number> = new Map();
const remote = {
  prefix: 'north',
  namespace: 'plant',
  site: 'furnace',
  cameras: ['ladle'],
  urls: ['rtsp://a.example.com:30554'],
  credentialsSecretRef: { name: 'reader' },
};

/** As large as names may be. */
function buildLongest(count: number): CarriedSite {
  const namespace = 'n'.repeat(63);
  const cameras = Array.from({ length: count }, (_, index) => ({
    name: `c${String(index).padStart(62, '0')}`,
    push: {},
  }));
  return {
    site: buildSite({ cameras }, { namespace, name: 's'.repeat(40) }),
    factory: buildFactory({ camerasPerShard: 200 }, { namespace, name: 'f'.repeat(40) }),
    findShard: () => 99,
  };
}

function sizeOf({ data }: { data: Record<string, string> }): number {
  return Object.values(data).reduce((sum, value) => sum + Buffer.from(value, 'base64').length, 0);
}

describe("a relay's plan", () => {
  it('shows factories the credential that their plans accept', () => {
    const site = buildSite({ cameras: [{ name: 'gate', pull: { url: 'rtsp://192.0.2.7/' } }] });
    const [factory, relay] = [buildFactory(), buildRelay()];
    const layout = layOutRelay(relay, [{ site, factory, findShard: () => 0 }], nothing);
    const plan = pickPlan(
      renderMasterRelay(relay, layout, buildSurroundings()).objects,
      'main-relay-0-backup',
    );
    const factoryLayout = layOutFactory(factory, [site], nothing);
    const planning = { factory, layout: factoryLayout, findRelays: () => [relay], findPool: () => undefined };
    const source = pickPlan(
      renderCameraFactory(planning, buildSurroundings()).objects,
      'dock-factory-0-backup',
    );
    expect(mediaPlanSchema.parse(plan).paths).toHaveLength(1);
    expect(source.readers[0].credential).toEqual(plan.paths[0].source.legs[0].credential);
  });

  it('leaves out a remote stream without a Secret and says so once, but keeps one that runs', () => {
    const relay = buildRelay({ remoteSites: [{ ...remote, cameras: ['ladle', 'crane'] }] });
    const layout = layOutRelay(relay, [], nothing);
    const missing = renderMasterRelay(relay, layout, buildSurroundings());
    expect(pickPlan(missing.objects, 'main-relay-0-primary').paths).toEqual([]);
    expect(missing.problems.filter(({ field }) => field.startsWith('spec.remoteSites[0]'))).toHaveLength(1);

    const secrets = buildSecrets({ basicAuth: { 'yard/reader': { username: 'r', password: 'p' } } });
    const before = renderMasterRelay(relay, layout, buildSurroundings({ secrets })).objects;
    const plan = readPlan(JSON.stringify(pickPlan(before, 'main-relay-0-primary')))!;
    expect(plan.paths.size).toBe(2);
    const shard = buildShard({ primary: { plan } });
    const kept = renderMasterRelay(relay, layout, buildSurroundings({ shard })).objects;
    expect(pick(kept, 'Secret', 'main-relay-0-primary-plan')).toEqual(
      pick(before, 'Secret', 'main-relay-0-primary-plan'),
    );
  });

  it('fits into a Secret at the largest shard with the longest names', () => {
    const relay = buildRelay({ streamsPerShard: 500 }, { namespace: 'n'.repeat(63), name: 'r'.repeat(40) });
    const sites = [buildLongest(256), buildLongest(244)].map((carried, index) => {
      return { ...carried, site: { ...carried.site, name: `${index}`.repeat(40) } };
    });
    const { objects, problems } = renderMasterRelay(
      relay,
      layOutRelay(relay, sites, nothing),
      buildSurroundings(),
    );
    const workload = `${'r'.repeat(40)}-relay-0-primary`;
    expect(pickPlan(objects, workload).paths).toHaveLength(500);
    expect(problems.map(({ reason }) => reason)).toEqual(['SecretNotFound']);
    expect(sizeOf(pick(objects, 'Secret', `${workload}-plan`))).toBeLessThan(MIB);
  });

  it('that would not fit leaves the one in force, and says what to do', () => {
    const urls = [`rtsp://${'a'.repeat(1000)}`, `rtsp://${'b'.repeat(1000)}`];
    const cameras = Array.from({ length: 250 }, (_, index) => `camera-${index}`);
    const remoteSites = ['north', 'south'].map((prefix) => ({ ...remote, prefix, urls, cameras }));
    const relay = buildRelay({ streamsPerShard: 500, remoteSites });
    const secrets = buildSecrets({ basicAuth: { 'yard/reader': { username: 'r', password: 'p' } } });
    const text = JSON.stringify({
      revision: 3,
      workload: 'yard/main-relay-0-primary',
      paths: [],
      readers: [],
      openToReaders: false,
      holdMs: 30_000,
      drainMs: 10_000,
    });
    const shard = buildShard({ primary: { plan: readPlan(text)! } });
    const around = buildSurroundings({ secrets, shard });
    const { objects, problems } = renderMasterRelay(relay, layOutRelay(relay, [], nothing), around);
    expect(JSON.stringify(pickPlan(objects, 'main-relay-0-primary'))).toBe(text);
    expect(problems).toContainEqual(
      expect.objectContaining({ reason: 'PlanTooLarge', field: 'spec.streamsPerShard' }),
    );
  });
});

describe("a factory's plan", () => {
  it('fits into a Secret at the largest shard with the longest names', () => {
    const { site, factory } = buildLongest(200);
    const password = 'p'.repeat(128);
    const all = Object.fromEntries(site.spec.cameras.map(({ name }) => [name, password]));
    const generated = { [`${site.namespace}/${site.name}-camera-credentials`]: all };
    const around = buildSurroundings({ secrets: buildSecrets({ generated }) });
    const layout = layOutFactory(factory, [site], nothing);
    const { objects } = renderCameraFactory(
      { factory, layout, findRelays: () => [], findPool: () => undefined },
      around,
    );
    const workload = `${'f'.repeat(40)}-factory-0-primary`;
    expect(pickPlan(objects, workload).paths).toHaveLength(200);
    expect(sizeOf(pick(objects, 'Secret', `${workload}-plan`))).toBeLessThan(MIB);
  });
});
