/** A worker dies or hangs: viewers of what it encoded stay and see a freeze, viewers of originals see nothing. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isWhole } from '../peers/frames.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import type { KubeObject } from '../stage/kubectl.ts';
import { findRendition, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

type Pool = KubeObject & { status?: { workers?: { ready: boolean }[] } };

const LOW = { height: 180, framesPerSecond: 25, bitrateKbps: 200, keyFrameSeconds: 2, speed: 'ultrafast' };
const REDUNDANCIES = ['Hot', 'Warm'] as const;
const CONTAINERS = ['agent', 'mediamtx'];

let stage: Stage;
let site: LiveSite;
let cameras: Record<string, SimulatedCamera>;

beforeAll(async () => {
  stage = await Stage.open('e2e-workers');
  const manifests = REDUNDANCIES.map((redundancy) => ({
    name: redundancy.toLowerCase(),
    push: {},
    compression: { redundancy },
  }));
  site = await stage.applySite('quay', manifests, {
    pool: { autoscaling: { mode: 'Manual' } },
    compression: { profiles: [{ name: 'low', video: LOW, audio: { codec: 'None' } }] },
  });
  cameras = {
    hot: await stage.startPushing(site, 'hot', { protocol: 'rtmp' }),
    warm: await stage.startPushing(site, 'warm', { protocol: 'rtmp' }),
  };
});

afterAll(async () => {
  await stage?.close();
});

/** A fault is only then covered when both workers are there. */
beforeEach(async () => {
  const pools = `/apis/cupola.dev/v1alpha1/namespaces/${stage.namespace}/compressorpools`;
  await stage.kubectl.until<Pool, boolean>(
    'both workers ready',
    pools,
    ([pool]) => pool?.status?.workers?.length === 2 && pool.status.workers.every(({ ready }) => ready),
    BUDGETS.healed,
  );
  site = await stage.untilSite('quay', 'every rendition at two workers', BUDGETS.healed, (live) =>
    Object.keys(cameras).every((camera) => {
      const rendition = findRendition(live, camera, 'low');
      return rendition?.state === 'Encoding' && rendition.workers?.length === 2;
    }),
  );
}, 2 * BUDGETS.healed);

/** Hot: after the first worker's death the second one is shown, and stays so. Warm: the first one is, when it is back. */
test.each([
  { camera: 'hot', fault: 'killed', hit: 0 },
  { camera: 'hot', fault: 'frozen', hit: 1 },
  { camera: 'warm', fault: 'killed', hit: 0 },
  { camera: 'warm', fault: 'frozen', hit: 0 },
] as const)('$camera: the worker that is shown is $fault', async ({ camera, fault, hit }) => {
  const viewer = await stage.readRendition(site, camera, 'low');
  const original = await stage.read(site, camera);
  const containers = await containersOf(findRendition(site, camera, 'low')?.workers?.[hit] ?? '');
  await Promise.all([viewer.pictures(100, BUDGETS.picture), original.pictures(100, BUDGETS.picture)]);
  viewer.longestGapMs = 0;
  original.longestGapMs = 0;
  await Promise.all(
    containers.map((name) => (fault === 'killed' ? stage.cluster.kill(name) : stage.cluster.freeze(name))),
  );
  await viewer.pictures(100, BUDGETS.picture);
  const freeze = Math.round(viewer.longestGapMs);
  if (fault === 'frozen') await Promise.all(containers.map((name) => stage.cluster.thaw(name)));
  await viewer.pictures(100, BUDGETS.picture);
  console.log(
    `${camera}, ${fault}: frozen ${freeze} ms, ${Math.round(viewer.longestGapMs)} ms with the return; ` +
      `the original's viewer beside ${Math.round(original.longestGapMs)} ms`,
  );
  expect(viewer.endedBy).toBeUndefined();
  const { v } = await original.compare(cameras[camera]!);
  expect(isWhole(v), JSON.stringify(v)).toBe(true);
  await Promise.all([viewer.close(), original.close()]);
});

async function containersOf(worker: string) {
  const pod = await stage.podOf(worker);
  return CONTAINERS.map((container) => ({ namespace: stage.namespace, pod, container }));
}
