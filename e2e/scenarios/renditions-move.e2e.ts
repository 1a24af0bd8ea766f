/** A pool shrinks: what its leaving worker encoded is encoded elsewhere before, and no viewer is missed out. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CompressorPoolStatus } from '../../operator/src/api/compressor-pool.ts';
import { isWhole } from '../peers/frames.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { findRendition, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

type Pool = KubeObject & { status?: CompressorPoolStatus };

const POOL = 'encoders';
const LOW = { height: 180, framesPerSecond: 25, bitrateKbps: 200, keyFrameSeconds: 2, speed: 'ultrafast' };
const CAMERAS = ['gate', 'pier', 'yard'];

let stage: Stage;
let site: LiveSite;
let camera: SimulatedCamera;

beforeAll(async () => {
  stage = await Stage.open('e2e-shrinking');
  const resources = { agent: { requests: { cpu: '500m', memory: '256Mi' } } };
  await stage.kubectl.apply([
    {
      apiVersion: 'cupola.dev/v1alpha1',
      kind: 'CompressorPool',
      metadata: { name: POOL, namespace: stage.namespace },
      spec: { replicas: 3, redundancy: 'Warm', autoscaling: { mode: 'Manual' }, resources },
    },
  ]);
  await untilPool('three workers', ({ workers = [] }) => workers.filter(({ ready }) => ready).length === 3);
  const manifests = CAMERAS.map((name) => ({ name, push: {} }));
  site = await stage.applySite('quay', manifests, {
    poolRef: { name: POOL },
    compression: { profiles: [{ name: 'low', video: LOW, audio: { codec: 'None' } }] },
  });
  [camera] = (await Promise.all(
    CAMERAS.map((name) => stage.startPushing(site, name, { protocol: 'rtmp' })),
  )) as [SimulatedCamera];
});

afterAll(async () => {
  await stage?.close();
});

test('a worker fewer: each rendition goes on, and the worker goes when it has none left', async () => {
  site = await stage.untilSite('quay', 'every rendition encoded', BUDGETS.healed, (live) =>
    CAMERAS.every((name) => findRendition(live, name, 'low')?.state === 'Encoding'),
  );
  const original = await stage.read(site, 'gate');
  const viewers = await Promise.all(CAMERAS.map((name) => stage.readRendition(site, name, 'low')));
  await Promise.all(viewers.map((viewer) => viewer.pictures(100, BUDGETS.picture)));
  for (const each of [original, ...viewers]) each.longestGapMs = 0;

  await stage.kubectl.run(['-n', stage.namespace, 'scale', `compressorpool/${POOL}`, '--replicas=2']);
  const { workers = [] } = await untilPool('two workers', (status) => status.workers?.length === 2);
  await Promise.all(viewers.map((viewer) => viewer.pictures(100, BUDGETS.picture)));
  console.log(
    `scaled in: longest gaps ${viewers.map((viewer) => Math.round(viewer.longestGapMs)).join(', ')} ms; ` +
      `the original's viewer beside ${Math.round(original.longestGapMs)} ms`,
  );
  expect(workers.reduce((sum, { renditions }) => sum + renditions, 0)).toBe(CAMERAS.length);
  expect(viewers.map(({ endedBy }) => endedBy)).toEqual(CAMERAS.map(() => undefined));
  const { v } = await original.compare(camera);
  expect(isWhole(v), JSON.stringify(v)).toBe(true);
});

function untilPool(
  what: string,
  check: (status: CompressorPoolStatus) => boolean,
): Promise<CompressorPoolStatus> {
  return stage.kubectl.until<Pool, CompressorPoolStatus>(
    what,
    `/apis/cupola.dev/v1alpha1/namespaces/${stage.namespace}/compressorpools`,
    ([pool]) => (pool?.status !== undefined && check(pool.status) ? pool.status : undefined),
    BUDGETS.healed,
  );
}
