/** Streams that the agent makes of legs: real MediaMTX servers, a real camera, frames compared at a reader. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leg } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../../e2e/cluster/tools.ts';
import { isWhole } from '../../../e2e/peers/frames.ts';
import { Reader } from '../../../e2e/peers/reader.ts';
import { SimulatedCamera } from '../../../e2e/peers/simulated-camera.ts';
import { untilListening } from '../../test/listening.ts';
import { MediaPod, makePlan, pulledPath, pushedPath, VIEWER } from '../../test/media-pod.ts';

const GATE = 'original/plant/north/gate';
const WORD = 'gates-secret-word';
const RELAY = 'plant/main-relay-0-primary';

let folder: string;
let mediamtx: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  mediamtx = await toolPath('mediamtx');
  folder = await mkdtemp(join(tmpdir(), 'cupola-legs-test-'));
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

/** Pushes the same encoding to every factory, with audio. */
async function startCamera(...factories: MediaPod[]): Promise<SimulatedCamera> {
  const pushes = factories.map((pod) => ({
    url: `rtmp://127.0.0.1:${pod.ports.rtmp}/${GATE}`,
    user: 'gate',
    password: WORD,
  }));
  const camera = await SimulatedCamera.start(
    { name: 'gate', mediamtx, video: 'H264', audio: 'AAC', gop: 25, pushes },
    await mkdtemp(join(folder, 'gate')),
    undefined,
  );
  open.push(() => camera.stop());
  await camera.accepted(15_000);
  return camera;
}

function legOf(pod: MediaPod, id: string, credential = VIEWER): Leg {
  return { id, url: pod.url(GATE), credential, workload: pod.workload };
}

async function openReader(pod: MediaPod): Promise<Reader> {
  const reader = await Reader.open({ url: pod.url(GATE), ...VIEWER, video: 'H264' }, 15_000);
  open.push(() => reader.close());
  return reader;
}

const factoryPlan = makePlan(1, [pushedPath('gate', WORD)]);

test('every frame of both tracks arrives through a leg', async () => {
  const factory = await startPod(factoryPlan);
  const camera = await startCamera(factory);
  const relay = await startPod(
    makePlan(1, [pulledPath('gate', legOf(factory, 'primary'))], { workload: RELAY }),
    {
      workload: RELAY,
    },
  );
  await relay.untilOnline(GATE);
  const reader = await openReader(relay);
  await reader.pictures(75, 15_000);
  const compared = await reader.compare(camera);
  expect(isWhole(compared.v)).toBe(true);
  expect(isWhole(compared.a)).toBe(true);
});

test('a reader stays while one leg dies, and when both are away for a moment', async () => {
  const primary = await startPod(factoryPlan);
  const backup = await startPod(factoryPlan);
  const camera = await startCamera(primary, backup);
  const legs = [legOf(primary, 'primary'), legOf(backup, 'backup')];
  const relay = await startPod(makePlan(1, [pulledPath('gate', ...legs)], { workload: RELAY }), {
    workload: RELAY,
  });
  await relay.until(
    'both legs',
    () => new Set(relay.log.filter((l) => l.event === 'leg-live').map((l) => l.leg)).size === 2,
  );
  const reader = await openReader(relay);
  await reader.pictures(25, 10_000);

  await primary.endMediamtx();
  await reader.pictures(50, 10_000);
  expect(reader.endedBy).toBeUndefined();

  await backup.endMediamtx();
  await relay.until('held', (line) => line.event === 'path-offline' && line.path === GATE);
  const from = relay.log.length;
  await primary.startMediamtx();
  await relay.untilOnline(GATE, from);
  await reader.pictures(25, 15_000);
  expect(reader.endedBy).toBeUndefined();
  const { v } = await reader.compare(camera);
  expect(v).toMatchObject({ foreign: 0, outOfOrder: 0 });
  expect(await relay.metric('cupola_agent_publisher_openings_total')).toBe(1);
  expect(relay.output.join('\n')).not.toMatch(/secret-word/);
});

test('an agent that was killed has its stream back as soon as it runs', async () => {
  const factory = await startPod(factoryPlan);
  await startCamera(factory);
  const relay = await startPod(
    makePlan(1, [pulledPath('gate', legOf(factory, 'primary'))], { workload: RELAY }),
    { workload: RELAY },
  );
  await relay.untilOnline(GATE);
  await relay.endAgent();
  const from = relay.log.length;
  await relay.startAgent();
  const startedMs = performance.now();
  await relay.untilOnline(GATE, from);
  console.log(`online ${Math.round(performance.now() - startedMs)} ms after the agent's start`);
  await (await openReader(relay)).pictures(25, 10_000);
});

test("a leg's credential is replaced without its reader being dropped", async () => {
  const next = { user: 'viewer', password: 'viewers-newer-secret-word' };
  const both = [VIEWER, next].map((credential) => ({ credential, paths: ['original/'] }));
  const factory = await startPod(makePlan(1, [pushedPath('gate', WORD)], { readers: both }));
  await startCamera(factory);
  const relay = await startPod(
    makePlan(1, [pulledPath('gate', legOf(factory, 'primary'))], { workload: RELAY }),
    {
      workload: RELAY,
    },
  );
  await relay.untilOnline(GATE);
  const reader = await openReader(relay);
  const from = relay.log.length;
  await relay.mount(makePlan(2, [pulledPath('gate', legOf(factory, 'primary', next))], { workload: RELAY }));
  await relay.until('the leg again', (line) => line.event === 'leg-live', from);
  const kicked = relay.log.length;
  await factory.mount(makePlan(2, [pushedPath('gate', WORD)], { readers: both.slice(1) }));
  await reader.pictures(50, 10_000);
  expect(reader.endedBy).toBeUndefined();
  expect(relay.log.slice(kicked).filter((line) => line.event === 'leg-down')).toEqual([]);
});

test('a leg that goes silent is left for the next one', async () => {
  const primary = await startPod(factoryPlan);
  const backup = await startPod(factoryPlan);
  await startCamera(primary, backup);
  const legs = [legOf(primary, 'primary'), legOf(backup, 'backup')];
  const relay = await startPod(makePlan(1, [pulledPath('gate', ...legs)], { workload: RELAY }), {
    workload: RELAY,
  });
  await relay.untilOnline(GATE);
  const reader = await openReader(relay);
  const from = relay.log.length;
  primary.signalMediamtx('SIGSTOP');
  const lost = await relay.until(
    'silence',
    (line) => line.event === 'leg-down' && line.leg === 'primary',
    from,
  );
  expect(lost.problem).toBe('no media for 2 s');
  await reader.pictures(50, 10_000);
  expect(reader.endedBy).toBeUndefined();
});

test('a relay of 200 paths is whole again after a restart of its MediaMTX', async () => {
  const factory = await startPod(factoryPlan);
  await startCamera(factory);
  const paths = Array.from({ length: 200 }, (_, index) =>
    pulledPath(`gate-${index}`, legOf(factory, 'primary')),
  );
  const relay = await startPod(makePlan(1, paths, { workload: RELAY }), { workload: RELAY });
  const online = () => relay.metric('cupola_agent_paths_online{from="legs"}');
  const untilWhole = async (from: number) => {
    for (const { path } of paths) await relay.untilOnline(path, from, 30_000);
    return Date.now();
  };
  await untilWhole(0);
  const from = relay.log.length;
  await relay.endMediamtx();
  await relay.until(
    'all offline',
    () => relay.log.slice(from).filter((l) => l.event === 'path-offline').length === 200,
    from,
  );
  await relay.startMediamtx();
  const listeningMs = await untilListening(relay.ports.rtsp);
  const tookMs = (await untilWhole(from)) - listeningMs;
  console.log(
    `200 paths whole ${tookMs} ms after the listener opened; agent ${await relay.residentKib()} KiB`,
  );
  expect(await online()).toBe(200);
}, 150_000);
