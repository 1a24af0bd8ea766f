/** A rendition at two workers, of which one stands by: real MediaMTX servers, real FFmpeg as camera, encoder and viewer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leg, MediaPlan, PlannedPath } from '@cupola/protocol';
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
const GOP_SECONDS = 4;

let folder: string;
let factory: PlainMediamtx;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-standby-test-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function planOf(workload: string, revision: number, ...paths: PlannedPath[]): MediaPlan {
  return makePlan(revision, paths, { workload, readers: [{ credential: VIEWER, paths: ['compressed/'] }] });
}

async function startPod(workload: string, ...paths: PlannedPath[]): Promise<MediaPod> {
  const pod = await MediaPod.start(planOf(workload, 1, ...paths), { workload });
  open.push(() => pod.close());
  return pod;
}

function legOf(pod: MediaPod, id: string): Leg {
  return { id, url: pod.url(LOW), credential: VIEWER, workload: pod.workload };
}

/** What a worker's plan has; `standbyFor`: the first worker's rendition. */
function workersPaths(standbyFor?: Leg): PlannedPath[] {
  const legs = [{ id: 'primary', url: factory.url(GATE) }];
  const encoding = buildEncoding({ height: 90, speed: 'ultrafast', bitrateKbps: 200 }, { codec: 'None' });
  const transcode = { from: 'transcode', input: GATE, encoding, memoryMiB: 512 } as const;
  return [
    { path: GATE, source: { from: 'legs', legs, forEncodersOnly: true } },
    { path: LOW, source: { ...transcode, ...(standbyFor && { standbyFor }) } },
  ];
}

/** A camera, the worker that encodes it, its standby, and who reads from both. */
async function startAll() {
  const [port = 0] = await findFreePorts(1);
  factory = new PlainMediamtx(port, folder);
  open.push(() => factory.kill());
  await factory.start();
  const camera = new MovingCamera(factory.url(GATE), GOP_SECONDS);
  open.push(() => camera.stop());
  await factory.untilOnline(1);
  const first = await startPod('plant/pool-worker-1', ...workersPaths());
  await first.untilOnline(LOW, 0, BUDGET_MS);
  const standby = await startPod('plant/pool-worker-2', ...workersPaths(legOf(first, 'pool-worker-1')));
  await standby.untilOnline(LOW, 0, BUDGET_MS);
  const legs = [legOf(first, 'pool-worker-1'), legOf(standby, 'pool-worker-2')];
  const relay = await startPod('plant/main-relay-0-primary', { path: LOW, source: { from: 'legs', legs } });
  await relay.until(
    'both legs',
    () => new Set(relay.log.filter((l) => l.event === 'leg-live').map((l) => l.leg)).size === 2,
  );
  const viewer = new PictureViewer(relay.url(LOW));
  open.push(() => viewer.close());
  await viewer.pictures(75, BUDGET_MS);
  // On a machine that was too busy the standby thought that the first would not come.
  if (encodings(standby).length > 0) await untilEvent(standby, 'encoder-idle');
  viewer.complaints.length = 0;
  viewer.longestGapMs = 0;
  return { first, standby, relay, viewer, from: standby.log.length };
}

/** What the worker said of its encoder, in order. */
function encodings(pod: MediaPod, from = 0): string[] {
  return pod.log
    .slice(from)
    .filter((line) => line.event.startsWith('encoder-'))
    .map((line) => line.event);
}

function untilEvent(pod: MediaPod, event: string, from = 0) {
  return pod.until(event, (line) => line.event === event && line.path === LOW, from, BUDGET_MS);
}

test('a standby encodes while the first worker is away, and viewers stay and see no broken picture', async () => {
  const { first, standby, relay, viewer, from } = await startAll();
  await Promise.all([first.endAgent(), first.endMediamtx()]);
  await viewer.pictures(100, BUDGET_MS);
  console.log(`first worker killed, GOP of ${GOP_SECONDS} s: frozen ${Math.round(viewer.longestGapMs)} ms`);
  expect(encodings(standby, from)).toEqual(['encoder-encoding']);
  viewer.longestGapMs = 0;

  await first.startAgent();
  await first.startMediamtx();
  await untilEvent(standby, 'encoder-idle', from);
  await viewer.pictures(75, BUDGET_MS);
  console.log(`first worker back: longest gap ${Math.round(viewer.longestGapMs)} ms`);
  expect(viewer.complaints).toEqual([]);
  expect(viewer.times).toEqual(viewer.times.toSorted((one, other) => one - other));
  expect(await relay.metric('cupola_agent_publisher_openings_total')).toBe(1);
  expect(await standby.metric('cupola_agent_publisher_openings_total')).toBe(1);
}, 120_000);

test('a first worker that hangs is stood in for just the same', async () => {
  const { first, standby, viewer, from } = await startAll();
  process.kill(first.agentPid, 'SIGSTOP');
  await viewer.pictures(100, BUDGET_MS);
  console.log(`first worker frozen, GOP of ${GOP_SECONDS} s: frozen ${Math.round(viewer.longestGapMs)} ms`);
  process.kill(first.agentPid, 'SIGCONT');
  await untilEvent(standby, 'encoder-idle', from);
  await viewer.pictures(75, BUDGET_MS);
  expect(viewer.complaints).toEqual([]);
}, 120_000);

test('a standby that becomes the first, and a first that becomes the standby, change without a viewer noticing', async () => {
  const { first, standby, relay, viewer, from } = await startAll();
  await standby.mount(planOf(standby.workload, 2, ...workersPaths()));
  await untilEvent(standby, 'encoder-encoding', from);
  const since = first.log.length;
  await first.mount(planOf(first.workload, 2, ...workersPaths(legOf(standby, 'pool-worker-2'))));
  await untilEvent(first, 'encoder-idle', since);
  await viewer.pictures(75, BUDGET_MS);
  console.log(`roles changed: longest gap ${Math.round(viewer.longestGapMs)} ms`);
  expect(viewer.complaints).toEqual([]);
  for (const pod of [first, standby, relay]) {
    expect(await pod.metric('cupola_agent_publisher_openings_total')).toBe(1);
  }
}, 120_000);
