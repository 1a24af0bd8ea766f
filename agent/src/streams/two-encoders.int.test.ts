/** Two workers encode, two sides of a factory show one of them, a relay joins the sides: real MediaMTX servers, real FFmpeg. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leg, PlannedPath } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import { buildEncoding } from '../../test/encodings.ts';
import { MediaPod, makePlan, VIEWER } from '../../test/media-pod.ts';
import { MovingCamera } from '../../test/moving-camera.ts';
import { PictureViewer } from '../../test/picture-viewer.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';

const GATE = 'original/plant/north/gate';
const LOW = 'compressed/plant/north/gate/low';
const BUDGET_MS = 30_000;
/** The workers' pictures differ in size, by which they are told apart: bytes of a decoded one, as YUV 4:2:0. */
const FIRST = { height: 90, bytes: 21_600 };
const SECOND = { height: 72, bytes: 13_824 };

let folder: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-two-encoders-test-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function planOf(workload: string, revision: number, ...paths: PlannedPath[]) {
  return makePlan(revision, paths, { workload, readers: [{ credential: VIEWER, paths: ['compressed/'] }] });
}

async function startPod(workload: string, ...paths: PlannedPath[]): Promise<MediaPod> {
  const pod = await MediaPod.start(planOf(workload, 1, ...paths), { workload });
  open.push(() => pod.close());
  return pod;
}

function legsPath(...pods: MediaPod[]): PlannedPath {
  const legs = pods.map((pod): Leg => ({ id: pod.workload.slice(6), url: pod.url(LOW), credential: VIEWER }));
  return { path: LOW, source: { from: 'legs', legs } };
}

/** Each size that follows another. */
function sizesOf({ sizes }: PictureViewer): number[] {
  const pictures = sizes.filter((size) => size > 0);
  return pictures.filter((size, at) => size !== pictures[at - 1]);
}

test('a side that goes on with the other encoder is parted from the one that does not, and followed when it must be', async () => {
  const [port = 0] = await findFreePorts(1);
  const source = new PlainMediamtx(port, folder);
  open.push(() => source.kill());
  await source.start();
  const camera = new MovingCamera(source.url(GATE), 2);
  open.push(() => camera.stop());
  await source.untilOnline(1);
  const encode = (height: number): PlannedPath[] => {
    const legs = [{ id: 'primary', url: source.url(GATE) }];
    const encoding = buildEncoding({ height, speed: 'ultrafast', bitrateKbps: 200 }, { codec: 'None' });
    return [
      { path: GATE, source: { from: 'legs', legs, forEncodersOnly: true } },
      { path: LOW, source: { from: 'transcode', input: GATE, encoding, memoryMiB: 512 } },
    ];
  };
  const first = await startPod('plant/pool-worker-1', ...encode(FIRST.height));
  const second = await startPod('plant/pool-worker-2');
  const primary = await startPod('plant/factory-primary', legsPath(first, second));
  const backup = await startPod('plant/factory-backup', legsPath(first, second));
  const relay = await startPod('plant/relay', legsPath(primary, backup));
  await relay.untilOnline(LOW, 0, BUDGET_MS);
  await second.mount(planOf(second.workload, 2, ...encode(SECOND.height)));
  for (const side of [primary, backup]) {
    await side.until(
      'the second',
      (line) => line.event === 'leg-live' && line.leg === 'pool-worker-2',
      0,
      BUDGET_MS,
    );
  }
  const viewer = new PictureViewer(relay.url(LOW));
  open.push(() => viewer.close());
  await viewer.pictures(75, BUDGET_MS);
  viewer.complaints.length = 0; // It may have come in the middle of a GOP.

  await primary.mount(planOf(primary.workload, 2, legsPath(second)));
  await viewer.pictures(150, BUDGET_MS);
  expect(sizesOf(viewer)).toEqual([FIRST.bytes]);

  await Promise.all([first.endAgent(), first.endMediamtx()]);
  await viewer.pictures(100, BUDGET_MS, (size) => size === SECOND.bytes);
  expect(sizesOf(viewer)).toEqual([FIRST.bytes, SECOND.bytes]);
  expect(viewer.complaints).toEqual([]);
  expect(await relay.metric('cupola_agent_publisher_openings_total')).toBe(1);
}, 150_000);
