/** A stream that moves to another server, which encodes it anew: real MediaMTX servers, FFmpeg as cameras and viewer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leg, MediaPlan } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import { MediaPod, makePlan, pulledPath } from '../../test/media-pod.ts';
import { MovingCamera } from '../../test/moving-camera.ts';
import { PictureViewer } from '../../test/picture-viewer.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';

const GATE = 'original/plant/north/gate';
const BUDGET_MS = 30_000;
const GOP_SECONDS = 4;
/** Far less than until the next key frame: the viewer begins with one, and the plan changes two seconds later. */
const ONE_SECOND = 25;

let folder: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-moved-leg-test-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A server with an encoding of its own. */
async function startServer(quality: number): Promise<PlainMediamtx> {
  const [port = 0] = await findFreePorts(1);
  const server = new PlainMediamtx(port, folder);
  open.push(() => server.kill());
  await server.start();
  const camera = new MovingCamera(server.url(GATE), GOP_SECONDS, false, quality);
  open.push(() => camera.stop());
  await server.untilOnline(1);
  return server;
}

function planOf(revision: number, servers: Record<string, PlainMediamtx>): MediaPlan {
  const legs: Leg[] = Object.entries(servers).map(([id, server]) => ({ id, url: server.url(GATE) }));
  return makePlan(revision, [pulledPath('gate', ...legs)]);
}

/** A pod that shows the first of the servers' encodings, and who watches it. */
async function startPod(servers: Record<string, PlainMediamtx>) {
  const pod = await MediaPod.start(planOf(1, servers));
  open.push(() => pod.close());
  await pod.untilOnline(GATE);
  const viewer = new PictureViewer(pod.url(GATE));
  open.push(() => viewer.close());
  await viewer.pictures(50, BUDGET_MS);
  viewer.complaints.length = 0;
  viewer.longestGapMs = 0;
  return { pod, viewer, from: viewer.times.length };
}

/** No picture comes a second time, squeezed in between, and none is waited for. `times`: in frames. */
function expectEven(times: readonly number[]): void {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(steps.filter((step) => step < 1 || step > ONE_SECOND)).toEqual([]);
}

test('a viewer sees each picture once, in its time, when the leg that is shown leaves the plan', async () => {
  const [before, after] = [await startServer(23), await startServer(26)];
  const { pod, viewer, from } = await startPod({ before, after });
  await pod.until('the other leg', (line) => line.event === 'leg-live' && line.leg === 'after');
  await pod.mount(planOf(2, { after }));
  await viewer.pictures(25 * (GOP_SECONDS + 2), BUDGET_MS);
  await before.kill();
  await viewer.pictures(25, BUDGET_MS);
  console.log(`leg moved: longest gap ${Math.round(viewer.longestGapMs)} ms`);
  expectEven(viewer.times.slice(from));
  expect(viewer.complaints).toEqual([]);
  expect(await pod.metric('cupola_agent_publisher_openings_total')).toBe(1);
}, 90_000);

test('a leg that leaves the plan is shown until the one that replaces it is there', async () => {
  const [before, after] = [await startServer(23), await startServer(26)];
  const { pod, viewer, from } = await startPod({ before });
  await pod.mount(planOf(2, { after }));
  await pod.until('the new leg', (line) => line.event === 'leg-live' && line.leg === 'after');
  await viewer.pictures(25 * (GOP_SECONDS + 2), BUDGET_MS);
  await before.kill();
  await viewer.pictures(25, BUDGET_MS);
  console.log(`leg replaced: longest gap ${Math.round(viewer.longestGapMs)} ms`);
  expectEven(viewer.times.slice(from));
  expect(viewer.complaints).toEqual([]);
}, 90_000);
