import { mediaPlanSchema } from '@cupola/protocol';
import { describe, expect, it } from 'vitest';
import type { AnyObject } from '../../test/manifests.ts';
import { buildFactory, buildRelay, buildSecrets, buildShard, buildSite } from '../../test/tier-builders.ts';
import { buildSurroundings, NOW_MS, pick, pickPlan } from '../../test/tier-surroundings.ts';
import { layOutFactory } from '../topology/factory-layout.ts';
import { readPlan } from '../topology/plan-record.ts';
import type { Relay, Site } from '../topology/tiers.ts';
import { renderCameraFactory } from './camera-factory.ts';

const generated = { 'yard/dock-camera-credentials': { gate: 'p1', quay: 'p2' } };
const basicAuth = {
  'yard/dock-factory-viewer': { username: 'viewer', password: 'v' },
  'yard/cam': { username: 'cam', password: 'c' },
};
const secrets = buildSecrets({ generated, basicAuth });
const gate = { name: 'gate', push: {} };
const old = { name: 'old', pull: { url: 'rtsp://192.0.2.7/live' } };

function render(
  site: Site,
  around = buildSurroundings({ secrets }),
  relays: Relay[] = [],
  spec: object = {},
) {
  const factory = buildFactory(spec, { ownerSite: site.name });
  const layout = layOutFactory(factory, [site], new Map());
  return renderCameraFactory({ factory, layout, findRelays: () => relays, findPool: () => undefined }, around)
    .objects;
}

function planned(plan: object) {
  const record = readPlan(
    JSON.stringify({ revision: 7, workload: 'yard/x', readers: [], openToReaders: false, ...plan }),
  );
  return buildShard({ primary: { plan: record! }, backup: { plan: record! } });
}

describe("a factory's plans", () => {
  it('say of each camera who pushes it or where it is pulled, the same on both sides but for the other one', () => {
    const withRef = { name: 'quay', push: { credentialsSecretRef: { name: 'cam' } } };
    const pulled = {
      name: 'old',
      pull: { url: 'rtsp://192.0.2.7/live', credentialsSecretRef: { name: 'cam' } },
    };
    const objects = render(buildSite({ cameras: [gate, withRef, pulled] }));
    const plan = mediaPlanSchema.parse(pickPlan(objects, 'dock-factory-0-primary'));
    const credential = { user: 'cam', password: 'c' };
    const otherSide = 'yard/dock-factory-0-backup';
    expect(plan.paths).toEqual([
      {
        path: 'original/yard/dock/gate',
        source: { from: 'publish', credentials: [{ user: 'gate', password: 'p1' }], otherSide },
      },
      {
        path: 'original/yard/dock/old',
        source: { from: 'legs', legs: [{ id: 'camera', url: 'rtsp://192.0.2.7/live', credential }] },
      },
      { path: 'original/yard/dock/quay', source: { from: 'publish', credentials: [credential], otherSide } },
    ]);
    const text = JSON.stringify(plan);
    const mirrored = text.replace(/-(primary|backup)"/g, (_, side) =>
      side === 'primary' ? '-backup"' : '-primary"',
    );
    expect(pickPlan(objects, 'dock-factory-0-backup')).toEqual(JSON.parse(mirrored));
  });

  it('name the other side of what cameras push to both, and of nothing else that they push', () => {
    const compression = { profiles: [{ name: 'own', cameraStream: { push: {} } }] };
    const once = { name: 'quay', push: { sides: 'Active' }, compression };
    const site = buildSite({ cameras: [{ ...gate, compression }, once] });
    const twice = ['original/yard/dock/gate', 'compressed/yard/dock/gate/own'];
    const single = ['original/yard/dock/quay', 'compressed/yard/dock/quay/own'];
    const source = { from: 'publish', credentials: [{ user: 'u', password: 'p' }], otherSide: 'yard/before' };
    const before = planned({ paths: [...twice, ...single].map((path) => ({ path, source })) });
    const withoutSecret = buildSurroundings({ secrets: buildSecrets({}), shard: before });
    for (const around of [buildSurroundings({ secrets }), withoutSecret]) {
      const { paths } = pickPlan(render(site, around), 'dock-factory-0-backup');
      expect(paths.map((each: AnyObject) => [each.path, each.source.otherSide])).toEqual([
        ...twice.map((path) => [path, 'yard/dock-factory-0-primary']),
        ...single.map((path) => [path, undefined]),
      ]);
    }
  });

  it('have a camera that allows one session on the active side alone, and one that pushes once on both', () => {
    const single = { name: 'old', pull: { ...old.pull, sides: 'Active' } };
    const site = buildSite({ cameras: [single, { name: 'gate', push: { sides: 'Active' } }] });
    const objects = render(
      site,
      buildSurroundings({ secrets, shard: buildShard({}, { activeSide: 'backup' }) }),
    );
    const count = (side: string) => pickPlan(objects, `dock-factory-0-${side}`).paths.length;
    expect([count('primary'), count('backup')]).toEqual([1, 2]);
  });

  it('have what such a camera pushes itself on both sides, and what they would encode of it where it is', () => {
    const profiles = [{ name: 'own', cameraStream: { push: {} } }, { name: 'small' }];
    const single = { name: 'gate', pull: { ...old.pull, sides: 'Active' }, compression: { profiles } };
    const objects = render(buildSite({ cameras: [single], topology: 'AllInOne' }));
    const list = (side: string) =>
      pickPlan(objects, `dock-factory-0-${side}`).paths.map(({ path }: AnyObject) => path);
    const own = 'compressed/yard/dock/gate/own';
    expect(list('primary')).toEqual(['original/yard/dock/gate', own, 'compressed/yard/dock/gate/small']);
    expect(list('backup')).toEqual([own]);
  });

  it('let relays read the Sites that they collect, with the key before too while keys change', () => {
    const readerKeys = { current: 'bmV3', previous: 'a2V5' };
    const around = buildSurroundings({ secrets, readerKeys });
    const { readers } = pickPlan(
      render(buildSite({ cameras: [gate] }), around, [buildRelay()]),
      'dock-factory-0-primary',
    );
    const before = pickPlan(
      render(buildSite({ cameras: [gate] }), buildSurroundings({ secrets }), [buildRelay()]),
      'dock-factory-0-primary',
    ).readers;
    expect(readers).toHaveLength(3);
    expect(readers[0].paths).toEqual(['original/yard/dock/']);
    expect(readers[1]).toEqual(before[0]);
    expect(readers[0].credential.password).not.toEqual(readers[1].credential.password);
    expect(readers[2]).toEqual({
      credential: { user: 'viewer', password: 'v' },
      paths: ['original/'],
    });
  });

  it('keep a running camera as it was while its Secret is missing, its URL too', () => {
    const source = {
      from: 'legs',
      legs: [{ id: 'camera', url: 'rtsp://192.0.2.1/a', credential: { user: 'a', password: 'b' } }],
    };
    const shard = planned({ paths: [{ path: 'original/yard/dock/old', source }] });
    const moved = {
      name: 'old',
      pull: { url: 'rtsp://192.0.2.9/b', credentialsSecretRef: { name: 'none' } },
    };
    const objects = render(buildSite({ cameras: [moved] }), buildSurroundings({ secrets, shard }));
    expect(pickPlan(objects, 'dock-factory-0-primary').paths[0].source).toEqual(source);
  });

  it('count on by the clock when their content changes, and stay byte for byte when it does not', () => {
    const first = render(buildSite({ cameras: [gate] }));
    const plan = pickPlan(first, 'dock-factory-0-primary');
    expect(plan.revision).toBe(NOW_MS);
    const record = readPlan(JSON.stringify(plan))!;
    const shard = buildShard({ primary: { plan: record } });
    const later = buildSurroundings({ secrets, shard });
    later.planWriting.nowMs += 5;
    const secretOf = (objects: typeof first) => pick(objects, 'Secret', 'dock-factory-0-primary-plan');
    expect(secretOf(render(buildSite({ cameras: [gate] }), later))).toEqual(secretOf(first));
    expect(pickPlan(render(buildSite({ cameras: [old] }), later), 'dock-factory-0-primary').revision).toBe(
      NOW_MS + 5,
    );
    // A clock that has gone back.
    later.planWriting.nowMs = 3;
    expect(pickPlan(render(buildSite({ cameras: [old] }), later), 'dock-factory-0-primary').revision).toBe(
      NOW_MS + 1,
    );
  });

  it('let nobody in without a credential but where viewers are open', () => {
    const isOpen = (spec: object) =>
      pickPlan(render(buildSite(), buildSurroundings({ secrets }), [], spec), 'dock-factory-0-primary')
        .openToReaders;
    expect([isOpen({}), isOpen({ viewers: { access: 'Open' } })]).toEqual([false, true]);
  });
});

describe("a factory's other objects", () => {
  it("do not change when cameras come and go, nor with the owner's labels", () => {
    const objectsOf = (...cameras: object[]) =>
      render(buildSite({ cameras }, { labels: { 'app.kubernetes.io/instance': 'argo' } })).filter(
        ({ kind }) => kind !== 'Secret',
      );
    expect(objectsOf(gate, old)).toEqual(objectsOf());
    expect(JSON.stringify(objectsOf())).not.toContain('argo');
  });

  it('belong to it, so that they go with it', () => {
    for (const { metadata } of render(buildSite({ cameras: [gate] }))) {
      expect(metadata.ownerReferences).toMatchObject([{ kind: 'CameraFactory', uid: 'factory-yard-dock' }]);
      expect(metadata.labels['app.kubernetes.io/managed-by']).toBe('cupola');
    }
  });
});
