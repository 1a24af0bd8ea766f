/** Renditions that encoders of a pod make: real MediaMTX servers, real FFmpeg as camera, encoder and viewer. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Encoding, PlannedPath } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import { BrokenCamera } from '../../test/broken-camera.ts';
import { encodeClip } from '../../test/foreign-clips.ts';
import { MediaPod, makePlan, pushedPath, VIEWER } from '../../test/media-pod.ts';
import { MovingCamera } from '../../test/moving-camera.ts';
import { PictureViewer } from '../../test/picture-viewer.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';
import { SentClip } from '../../test/sent-clip.ts';
import { UnitTimes } from '../../test/unit-times.ts';
import { untilGone } from '../../test/until-gone.ts';

const GATE = 'original/plant/north/gate';
const YARD = 'original/plant/north/yard';
const LOW = 'compressed/plant/north/gate/low';
const WEB = 'compressed/plant/north/gate/web';
const YARD_LOW = 'compressed/plant/north/yard/low';
const BUDGET_MS = 30_000;
/** Of a decoded picture of 160x90 and of 128x72, as YUV 4:2:0. */
const BYTES_OF_90 = 21_600;
const BYTES_OF_72 = 13_824;

let folder: string;
let factory: PlainMediamtx;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-transcode-test-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startFactory(): Promise<void> {
  const [port = 0] = await findFreePorts(1);
  factory = new PlainMediamtx(port, folder);
  open.push(() => factory.kill());
  await factory.start();
}

async function startCamera(gopSeconds = 1): Promise<void> {
  const camera = new MovingCamera(factory.url(GATE), gopSeconds);
  open.push(() => camera.stop());
  await factory.untilOnline(1);
}

function original(path = GATE): PlannedPath {
  const legs = [{ id: 'primary', url: factory.url(path) }];
  return { path, source: { from: 'legs', legs, forEncodersOnly: true } };
}

function rendition(
  path: string,
  height = 90,
  more: { input?: string; memoryMiB?: number; audio?: Encoding['audio'] } = {},
): PlannedPath {
  const { audio = { codec: 'None' }, ...where } = more;
  const encoding: Encoding = {
    video: {
      codec: 'H264',
      profile: 'Main',
      speed: 'ultrafast',
      height,
      bitrateKbps: 200,
      maxBitrateKbps: 300,
      bufferKbits: 300,
    },
    audio,
  };
  return { path, source: { from: 'transcode', input: GATE, encoding, memoryMiB: 512, ...where } };
}

function planOf(revision: number, ...paths: PlannedPath[]) {
  return makePlan(revision, paths, { readers: [{ credential: VIEWER, paths: ['compressed/'] }] });
}

async function startPod(...paths: PlannedPath[]): Promise<MediaPod> {
  const pod = await MediaPod.start(planOf(1, ...paths));
  open.push(() => pod.close());
  return pod;
}

function openViewer(pod: MediaPod, path: string): PictureViewer {
  const viewer = new PictureViewer(pod.url(path));
  open.push(() => viewer.close());
  return viewer;
}

function untilEncoding(pod: MediaPod, path: string, from = 0, budgetMs = BUDGET_MS) {
  const isIt = (line: { event: string; path?: string }) =>
    line.event === 'encoder-encoding' && line.path === path;
  return pod.until(`${path} is encoded`, isIt, from, budgetMs);
}

/** Process ids of the encoders of a path. */
function encodersOf(pod: MediaPod, path: string): number[] {
  const children = readFileSync(`/proc/${pod.agentPid}/task/${pod.agentPid}/children`, 'utf8');
  return children
    .trim()
    .split(' ')
    .map(Number)
    .filter((pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path));
}

test('pictures of a rendition have the times of those that they were made of', async () => {
  const clip = await encodeClip('night', folder);
  await startFactory();
  const sent = new SentClip(clip, factory.url(GATE));
  open.push(() => sent.stop());
  await factory.untilOnline(1);
  const source = new UnitTimes(factory.url(GATE));
  open.push(() => source.close());
  await source.until(1, BUDGET_MS);
  const pod = await startPod(original(), rendition(LOW));
  await untilEncoding(pod, LOW);
  const made = new UnitTimes(pod.url(LOW), VIEWER);
  open.push(() => made.close());
  await made.until(120, BUDGET_MS);
  // 25 pictures a second in the day, a third of that at night.
  const steps = made.steps.slice(1, 110);
  expect(new Set(steps)).toEqual(new Set([3_600, 10_800]));
  expect(source.steps.join()).toContain(steps.join());
}, 90_000);

test('an encoder begins in the middle of a GOP, and readers of it stay when it is killed', async () => {
  const gopSeconds = 8;
  await startFactory();
  await startCamera(gopSeconds);
  const pod = await startPod(original(), rendition(WEB));
  await untilEncoding(pod, WEB);
  await pod.mount(planOf(2, original(), rendition(WEB), rendition(LOW)));
  // The first began with a key frame: the next one is far.
  await untilEncoding(pod, LOW, 0, (gopSeconds - 2) * 1_000);
  const viewer = openViewer(pod, LOW);
  await viewer.pictures(25, BUDGET_MS, (size) => size === BYTES_OF_90);
  const [encoder = 0] = encodersOf(pod, LOW);
  expect(readFileSync(`/proc/${encoder}/cmdline`, 'utf8')).not.toMatch(/secret|password|cupola-agent/);
  const from = pod.log.length;
  process.kill(encoder, 'SIGKILL');
  await untilEncoding(pod, LOW, from, (gopSeconds - 2) * 1_000);
  await viewer.pictures(25, BUDGET_MS);
  expect(await pod.metric('cupola_agent_publisher_openings_total')).toBe(2);
}, 90_000);

test('another profile replaces the encoder without a reader dropped; a rendition that is taken away ends it', async () => {
  await startFactory();
  await startCamera();
  const pod = await startPod(original(), rendition(LOW));
  await untilEncoding(pod, LOW);
  const viewer = openViewer(pod, LOW);
  await viewer.pictures(10, BUDGET_MS, (size) => size === BYTES_OF_90);
  const [before = 0] = encodersOf(pod, LOW);
  await pod.mount(planOf(2, original(), rendition(LOW, 72)));
  await viewer.pictures(25, BUDGET_MS, (size) => size === BYTES_OF_72);
  await untilGone(before, BUDGET_MS);
  expect(viewer.complaints).toEqual([]);
  expect(await pod.metric('cupola_agent_publisher_openings_total')).toBe(1);
  const [after = 0] = encodersOf(pod, LOW);
  await pod.mount(planOf(3, original()));
  await untilGone(after, BUDGET_MS);
}, 90_000);

test('what a camera pushes to the pod itself is encoded there, its sound too, and ends with it', async () => {
  const word = 'gates-secret-word';
  const web = rendition(WEB, 90, { audio: { codec: 'Opus', bitrateKbps: 64 } });
  const pod = await startPod(pushedPath('gate', word), web);
  const camera = new MovingCamera(pod.url(GATE).replace('//', `//gate:${word}@`), 1, true);
  open.push(() => camera.stop());
  const online = await pod.untilOnline(WEB, 0, BUDGET_MS);
  expect(online.tracks).toEqual(['H264', 'Opus']);
  await openViewer(pod, WEB).pictures(50, BUDGET_MS, (size) => size === BYTES_OF_90);
  expect(await pod.metric('cupola_agent_encoders{state="encoding"}')).toBe(1);
  const from = pod.log.length;
  await camera.stop();
  await pod.until('idle', (line) => line.event === 'encoder-idle', from, BUDGET_MS);
  expect(await pod.metric('cupola_agent_encoder_failures_total')).toBe(0);
}, 90_000);

test('an encoder that wants more memory than it may have fails alone', async () => {
  await startFactory();
  await startCamera();
  const pod = await startPod(original(), rendition(LOW), rendition(WEB, 180, { memoryMiB: 16 }));
  const failed = await pod.until(
    'out of memory',
    (line) => line.event.startsWith('encoder-failed'),
    0,
    BUDGET_MS,
  );
  expect(failed).toMatchObject({ path: WEB, cause: 'OutOfMemory' });
  await untilEncoding(pod, LOW);
  await openViewer(pod, LOW).pictures(50, BUDGET_MS);
  expect(
    pod.log
      .filter((line) => line.path === LOW)
      .map((line) => line.event)
      .toSorted(),
  ).toEqual(['encoder-encoding', 'path-online']);
}, 90_000);

test('a source that cannot be decoded stalls its rendition alone, which is tried ever more seldom', async () => {
  await startFactory();
  await startCamera();
  const broken = new BrokenCamera(factory.url(YARD));
  open.push(() => broken.stop());
  await broken.start();
  const pod = await startPod(
    original(),
    original(YARD),
    rendition(LOW),
    rendition(YARD_LOW, 90, { input: YARD }),
  );
  const stalled = await pod.until('stalled', (line) => line.event === 'encoder-stalled', 0, BUDGET_MS);
  expect(stalled).toMatchObject({ path: YARD_LOW, cause: 'SourceUndecodable' });
  await untilEncoding(pod, LOW);
  await openViewer(pod, LOW).pictures(100, BUDGET_MS);
  expect(pod.log.filter((line) => line.path === YARD_LOW).map((line) => line.event)).toEqual([
    'encoder-stalled',
  ]);
}, 90_000);

test('no encoder outlives its agent, and the next agent starts its own', async () => {
  await startFactory();
  await startCamera();
  const pod = await startPod(original(), rendition(LOW), rendition(WEB));
  await untilEncoding(pod, LOW);
  await untilEncoding(pod, WEB);
  const encoders = [...encodersOf(pod, LOW), ...encodersOf(pod, WEB)];
  expect(encoders).toHaveLength(2);
  process.kill(encoders[0] as number, 'SIGSTOP');
  await pod.endAgent('SIGKILL');
  for (const pid of encoders) await untilGone(pid, BUDGET_MS);
  const from = pod.log.length;
  await pod.startAgent();
  await untilEncoding(pod, LOW, from);
}, 90_000);
