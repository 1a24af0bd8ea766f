/** The end of a media pod, and a side that is active no more: who waits for whom, and which sessions are ended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEED_CA_KEY, type MediaPlan, type SideMessage } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../e2e/cluster/tools.ts';
import { end, ended, onLine, startChild } from '../../e2e/peers/child.ts';
import { isWhole } from '../../e2e/peers/frames.ts';
import { Reader } from '../../e2e/peers/reader.ts';
import { SimulatedCamera } from '../../e2e/peers/simulated-camera.ts';
import { type FeedIdentity, FeedServer, makeIdentity } from '../test/feed-server.ts';
import { MediaPod, makePlan, pushedPath, VIEWER } from '../test/media-pod.ts';

const GATE = 'original/plant/north/gate';
const WORD = 'gates-secret-word';
const TIER = { user: 'tier-plant.main', password: 'tiers-secret-word' };
const READERS = [VIEWER, TIER].map((credential) => ({ credential, paths: ['original/'] }));

let folder: string;
let identity: FeedIdentity;
let feed: FeedServer;
let pod: MediaPod;
let camera: SimulatedCamera;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  identity = await makeIdentity('localhost');
  folder = await mkdtemp(join(tmpdir(), 'cupola-agent-drain-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A pod with a camera, on the active side. */
async function startPod(more: Partial<MediaPlan> = {}): Promise<void> {
  feed = await FeedServer.start(identity);
  open.push(() => feed.close());
  pod = await MediaPod.start(undefined, { feedUrl: `wss://localhost:${feed.port}` });
  open.push(() => pod.close());
  const plan = makePlan(1, [pushedPath('gate', WORD)], { readers: READERS, ...more });
  await pod.mount(plan, { [FEED_CA_KEY]: identity.certificate });
  const pushes = [{ url: `rtmp://127.0.0.1:${pod.ports.rtmp}/${GATE}`, user: 'gate', password: WORD }];
  camera = await SimulatedCamera.start(
    { name: 'gate', mediamtx: await toolPath('mediamtx'), video: 'H264', gop: 25, pushes },
    await mkdtemp(join(folder, 'gate')),
    undefined,
  );
  open.push(() => camera.stop());
  await Promise.all([pod.untilOnline(GATE), feed.until('hello', (message) => message.type === 'hello')]);
  say({ active: true });
  await pod.until('the word', (line) => line.event === 'side');
}

function say(word: Partial<SideMessage>): void {
  feed.say({ type: 'side', active: false, readers: 'Finish', ...word });
}

async function openReader(login: { user: string; password: string }): Promise<Reader> {
  const reader = await Reader.open({ url: pod.url(GATE), ...login, video: 'H264' }, 15_000);
  open.push(() => reader.close());
  return reader;
}

/** FFmpeg, once it has pictures. */
async function watch(url: string): Promise<{ readonly end: Promise<string> }> {
  const output = ['-map', '0', '-c', 'copy', '-f', 'null', '-progress', 'pipe:1', '-'];
  const viewer = startChild('ffmpeg', ['-v', 'error', '-i', url, ...output]);
  open.push(() => end(viewer));
  await new Promise<void>((resolve, reject) => {
    onLine(viewer, (line) => {
      if (/^frame=\s*[1-9]/.test(line)) resolve();
    });
    void ended(viewer).then((how) => reject(new Error(`The viewer ended with ${how}.`)));
  });
  return { end: ended(viewer) };
}

async function getHls(): Promise<number> {
  const login = Buffer.from(`${VIEWER.user}:${VIEWER.password}`).toString('base64');
  const url = `http://127.0.0.1:${pod.ports.hls}/${GATE}/index.m3u8`;
  return (await fetch(url, { headers: { authorization: `Basic ${login}` } })).status;
}

/** As the kubelet asks for each container. `isAnswered` is how it stands now. */
function askToEnd(): { readonly status: Promise<number>; isAnswered: boolean } {
  const asked = {
    isAnswered: false,
    status: fetch(`http://127.0.0.1:${pod.ports.agentHttp}/prestop`).then(({ status }) => {
      asked.isAnswered = true;
      return status;
    }),
  };
  return asked;
}

test('viewers of every protocol are moved, the tier after and the camera notice nothing', async () => {
  await startPod();
  const { user, password } = VIEWER;
  const reader = await openReader(VIEWER);
  const tier = await openReader(TIER);
  const viewers = await Promise.all([
    watch(`rtmp://127.0.0.1:${pod.ports.rtmp}/${GATE}?user=${user}&pass=${password}`),
    watch(`srt://127.0.0.1:${pod.ports.srt}?streamid=read:${GATE}:${user}:${password}`),
  ]);
  expect(await getHls()).toBe(200);

  say({ readers: 'Move' });
  const moved = await pod.until('the move', (line) => line.event === 'viewers-moved');
  expect(moved.count).toBe(4);
  await expect(reader.pictures(10_000, 15_000)).rejects.toThrow('ended');
  await Promise.all(viewers.map(({ end }) => end));
  await tier.pictures(30, 10_000);
  const { v } = await tier.compare(camera);
  expect(isWhole(v)).toBe(true);
  expect(await pod.metric('cupola_agent_viewers_moved_total')).toBe(4);
  expect(pod.output.join('\n')).not.toContain('secret-word');
});

test('a pod on the active side waits for the switch, then for its viewers, who may finish', async () => {
  await startPod({ drainMs: 60_000 });
  const reader = await openReader(VIEWER);
  await openReader(TIER);
  const asked = [askToEnd(), askToEnd()];
  say({ readers: 'Finish' });
  await pod.until('the drain', (line) => line.event === 'draining');
  await reader.pictures(50, 10_000);
  expect(asked.map(({ isAnswered }) => isAnswered)).toEqual([false, false]);
  await reader.close();
  expect(await Promise.all(asked.map(({ status }) => status))).toEqual([200, 200]);
});

test('a pod waits for nothing when no operator is there, and for no viewer without a drain time', async () => {
  await startPod();
  await openReader(VIEWER);
  const waiting = askToEnd();
  const from = pod.log.length;
  await feed.close();
  await pod.until('the feed is lost', (line) => line.event === 'feed-lost', from);
  expect(await waiting.status).toBe(200);
  expect(await askToEnd().status).toBe(200);
});
