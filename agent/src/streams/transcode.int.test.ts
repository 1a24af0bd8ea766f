/** Renditions that encoders of the pod make: real MediaMTX servers, real FFmpeg. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Encoding, Leg, MediaPlan, PlannedPath } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeClip } from '../../test/foreign-clips.ts';
import { type LogLine, MediaPod, makePlan, VIEWER } from '../../test/media-pod.ts';
import { PictureViewer } from '../../test/picture-viewer.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';
import { findFreePorts } from '../../test/ports.ts';
import { SentClip } from '../../test/sent-clip.ts';

const GATE = 'original/plant/north/gate';
const LOW = 'compressed/plant/north/gate/low';
const WORKER = 'plant/pool-worker-1';
const BUDGET_MS = 30_000;
/** Of a decoded picture of 160x90, as YUV 4:2:0. */
const BYTES_OF_90 = 21_600;

const SMALL: Encoding = {
  video: {
    codec: 'H264',
    profile: 'Main',
    speed: 'ultrafast',
    height: 90,
    bitrateKbps: 200,
    maxBitrateKbps: 300,
    bufferKbits: 300,
  },
  audio: { codec: 'None' },
};

let folder: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-transcode-test-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function original(...legs: Leg[]): PlannedPath {
  return { path: GATE, source: { from: 'legs', legs, forEncodersOnly: true } };
}

function rendition(path = LOW, more: Partial<Encoding> = {}, memoryMiB = 512): PlannedPath {
  const encoding = { ...SMALL, ...more };
  return { path, source: { from: 'transcode', input: GATE, encoding, memoryMiB } };
}

function planOf(revision: number, ...paths: PlannedPath[]): MediaPlan {
  const readers = [{ credential: VIEWER, paths: ['original/', 'compressed/'] }];
  return makePlan(revision, paths, { workload: WORKER, readers });
}

async function startPod(plan: MediaPlan): Promise<MediaPod> {
  const pod = await MediaPod.start(plan, { workload: WORKER });
  open.push(() => pod.close());
  return pod;
}

function openViewer(pod: MediaPod, path = LOW): PictureViewer {
  const viewer = new PictureViewer(pod.url(path));
  open.push(() => viewer.close());
  return viewer;
}

async function startFactory(): Promise<PlainMediamtx> {
  const [port = 0] = await findFreePorts(1);
  const factory = new PlainMediamtx(port, folder);
  open.push(() => factory.kill());
  await factory.start();
  return factory;
}

test('an encoder makes a rendition', async () => {
  const clip = await encodeClip('several-slices', folder);
  const factory = await startFactory();
  const sent = new SentClip(clip, factory.url(GATE));
  open.push(() => sent.stop());
  await factory.untilOnline(1);
  const pod = await startPod(planOf(1, original({ id: 'primary', url: factory.url(GATE) }), rendition()));
  await pod.untilOnline(LOW, 0, BUDGET_MS).catch((e) => {
    console.log(pod.output.join('\n'));
    throw e;
  });
  const viewer = openViewer(pod);
  await viewer.pictures(50, BUDGET_MS, (size) => size === BYTES_OF_90);
  console.log(viewer.complaints, viewer.times.slice(0, 60).join(' '));
  console.log(execFileSync('ps', ['-o', 'pid,ni,args', '-C', 'ffmpeg']).toString());
  console.log(pod.output.join('\n'));
});
