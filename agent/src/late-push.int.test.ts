/** Cameras that have tried to connect by SRT before MediaMTX was there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEED_CA_KEY, type PlannedPath } from '@cupola/protocol';
import { afterEach, expect, test } from 'vitest';
import { toolPath } from '../../e2e/cluster/tools.ts';
import { FRAMES_PER_SECOND } from '../../e2e/peers/camera-settings.ts';
import { Reader } from '../../e2e/peers/reader.ts';
import { SimulatedCamera } from '../../e2e/peers/simulated-camera.ts';
import { FeedServer, makeIdentity } from '../test/feed-server.ts';
import { MediaPod, makePlan, pushedPath, VIEWER } from '../test/media-pod.ts';
import { SrtKnocks } from '../test/srt-knocks.ts';

const GATE = 'original/plant/north/gate';
const YARD = 'original/plant/north/yard';
const WORD = 'cameras-secret-word';
const OTHER_SIDE = 'plant/north-factory-0-backup';
const TRIED_FOR_MS = 800;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

test('a camera that is late by SRT, and that the other side has, connects anew and is in time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cupola-late-push-'));
  open.push(() => rm(folder, { recursive: true }));
  const { pod, feed } = await startPod([toBothSides(pushedPath('gate', WORD)), pushedPath('yard', WORD)]);
  feed.say({
    type: 'sources',
    workload: OTHER_SIDE,
    paths: [GATE, YARD].map((path) => ({ path, online: true })),
  });
  await pod.endMediamtx();
  const knocks = await SrtKnocks.start(pod.ports.srt);
  const camera = await startCamera(pod, folder);
  await knocks.until(2, TRIED_FOR_MS, 30_000).finally(() => knocks.close());

  await pod.startMediamtx();
  const closing = await pod.until('the push is closed', (line) => line.event === 'late-push-closed');
  expect(closing).toMatchObject({ path: GATE });
  expect(closing.lateMs).toBeGreaterThan(300);
  const online = await pod.untilOnline(GATE);
  expect(pod.log.indexOf(online)).toBeGreaterThan(pod.log.indexOf(closing));
  await pod.untilOnline(YARD);
  const [gate, yard] = [await openReader(pod, GATE), await openReader(pod, YARD)];
  await Promise.all([gate.pictures(50, 15_000), yard.pictures(50, 15_000)]);
  const lateMs = framesBehind(yard, camera, gate) * (1_000 / FRAMES_PER_SECOND);
  console.log(`late by ${closing.lateMs} ms; what pushes once is ${lateMs} ms behind what was closed`);
  expect(lateMs).toBeGreaterThan(300);
  expect(await pod.metric('cupola_agent_late_pushes_closed_total')).toBe(1);
  expect(pod.log.filter((line) => line.event === 'push-stays-late')).toEqual([]);
});

function toBothSides({ path, source }: PlannedPath): PlannedPath {
  return { path, source: source.from === 'publish' ? { ...source, otherSide: OTHER_SIDE } : source };
}

async function startPod(paths: PlannedPath[]): Promise<{ pod: MediaPod; feed: FeedServer }> {
  const identity = await makeIdentity('localhost');
  const feed = await FeedServer.start(identity);
  open.push(() => feed.close());
  const pod = await MediaPod.start(undefined, { feedUrl: `wss://localhost:${feed.port}` });
  open.push(() => pod.close());
  await pod.mount(makePlan(1, paths), { [FEED_CA_KEY]: identity.certificate });
  await feed.until('the plan at work', (m) => m.type === 'states' && m.paths.length === paths.length);
  return { pod, feed };
}

/** One encoder, pushed to both paths. */
async function startCamera(pod: MediaPod, folder: string): Promise<SimulatedCamera> {
  const pushes = [GATE, YARD].map((path) => ({
    url: `srt://127.0.0.1:${pod.ports.srt}?streamid=publish:${path}`,
    user: path.slice(path.lastIndexOf('/') + 1),
    password: WORD,
  }));
  const settings = {
    name: 'gate',
    mediamtx: await toolPath('mediamtx'),
    video: 'H264',
    gop: 25,
    pushes,
  } as const;
  const camera = await SimulatedCamera.start(settings, folder, undefined);
  open.push(() => camera.stop());
  return camera;
}

async function openReader(pod: MediaPod, path: string): Promise<Reader> {
  const reader = await Reader.open({ url: pod.url(path), ...VIEWER, video: 'H264' }, 15_000);
  open.push(() => reader.close());
  return reader;
}

/** How many of the camera's frames a reader has still to get that another has. */
function framesBehind(reader: Reader, camera: SimulatedCamera, other: Reader): number {
  const position = ({ received }: Reader) => camera.sent.v.lastIndexOf(received.v.at(-1) ?? '');
  return position(other) - position(reader);
}
