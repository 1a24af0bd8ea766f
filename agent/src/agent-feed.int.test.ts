/** The whole agent on the feed: plans that come by it, the word on sources, and life without it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FEED_CA_KEY, type PathState } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../e2e/cluster/tools.ts';
import { SimulatedCamera } from '../../e2e/peers/simulated-camera.ts';
import { type FeedIdentity, FeedServer, makeIdentity } from '../test/feed-server.ts';
import { MediaPod, makePlan, pulledPath, pushedPath, VIEWER } from '../test/media-pod.ts';

const GATE = 'original/plant/north/gate';
const WORD = 'gates-secret-word';
const RELAY = 'plant/main-relay-0-primary';

let folder: string;
let identity: FeedIdentity;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  identity = await makeIdentity('localhost');
  folder = await mkdtemp(join(tmpdir(), 'cupola-agent-feed-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startPod(...parameters: Parameters<typeof MediaPod.start>): Promise<MediaPod> {
  const pod = await MediaPod.start(...parameters);
  open.push(() => pod.close());
  return pod;
}

async function startFeed(): Promise<{ feed: FeedServer; feedUrl: string }> {
  const feed = await FeedServer.start(identity);
  open.push(() => feed.close());
  return { feed, feedUrl: `wss://localhost:${feed.port}` };
}

/** What the replica was last told of the path. */
function lastState(feed: FeedServer, path: string): PathState | undefined {
  for (const message of feed.heard.toReversed()) {
    if (message.type !== 'states') continue;
    const state = message.paths.find((each) => each.path === path);
    if (state !== undefined || message.complete) return state;
  }
  return undefined;
}

test('a plan that the feed brought outlives the agent, and rules over an older mounted one', async () => {
  const { feed, feedUrl } = await startFeed();
  const pod = await startPod(undefined, { feedUrl });
  const first = makePlan(5, [pushedPath('yard', WORD)]);
  await pod.mount(first, { [FEED_CA_KEY]: identity.certificate });
  await feed.until('hello', (message) => message.type === 'hello');

  feed.say({ type: 'plan', plan: makePlan(6, [pushedPath('gate', WORD)]) });
  await feed.until('the new plan at work', (m) => m.type === 'heartbeat' && m.planRevision === 6);
  expect(lastState(feed, GATE)).toMatchObject({ online: false, tracks: [] });
  expect(lastState(feed, 'original/plant/north/yard')).toBeUndefined();
  const durable = join(pod.folder, 'durable', 'plan.json');
  await pod.until('the copy', () => pod.log.some((line) => line.event === 'plan' && line.revision === 6));
  await expect
    .poll(async () => (await readFile(durable, 'utf8').catch(() => '')).includes('"revision":6'))
    .toBe(true);

  await feed.close();
  await pod.endAgent();
  const from = pod.log.length;
  await pod.startAgent();
  const plans = pod.log.slice(from).filter((line) => line.event === 'plan');
  expect(plans.map(({ revision, origin }) => [revision, origin])).toEqual([[6, 'durable']]);
  expect(pod.output.join('\n')).not.toMatch(/secret-word|projected-token/);
});

test("the feed's word that a source is there opens the leg at once", async () => {
  const { feed, feedUrl } = await startFeed();
  const factory = await startPod(makePlan(1, [pushedPath('gate', WORD)]));
  const relay = await startPod(undefined, { workload: RELAY, feedUrl });
  const leg = { id: 'primary', url: factory.url(GATE), credential: VIEWER, workload: factory.workload };
  const plan = makePlan(1, [pulledPath('gate', leg)], { workload: RELAY });
  await relay.mount(plan, { [FEED_CA_KEY]: identity.certificate });
  await feed.until('hello', (message) => message.type === 'hello');
  // By then it is tried every 2 s only.
  await expect
    .poll(() => relay.metric('cupola_agent_leg_attempts_total'), { timeout: 15_000 })
    .toBeGreaterThan(5);

  const push = { url: `rtmp://127.0.0.1:${factory.ports.rtmp}/${GATE}`, user: 'gate', password: WORD };
  const mediamtx = await toolPath('mediamtx');
  const camera = await SimulatedCamera.start(
    { name: 'gate', mediamtx, video: 'H264', audio: 'AAC', gop: 25, pushes: [push] },
    join(folder, 'gate'),
    undefined,
  );
  open.push(() => camera.stop());
  await factory.untilOnline(GATE);
  const wordMs = performance.now();
  feed.say({ type: 'sources', workload: factory.workload, paths: [{ path: GATE, online: true }] });
  await relay.untilOnline(GATE);
  const tookMs = performance.now() - wordMs;
  await feed.until('the path online', (m) => m.type === 'states' && m.paths.some((each) => each.online));
  console.log(`online at the relay ${Math.round(tookMs)} ms after the word`);
  expect(tookMs).toBeLessThan(1_000);
  expect(lastState(feed, GATE)).toMatchObject({
    online: true,
    tracks: ['H264', 'MPEG-4 Audio'],
    legs: [{ id: 'primary', state: 'live' }],
  });
});
