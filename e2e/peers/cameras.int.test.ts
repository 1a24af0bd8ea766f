/** The peers of the cluster's tests against a bare MediaMTX: what a camera sends is what a reader gets. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../cluster/tools.ts';
import type { CameraSettings, VideoCodec } from './camera-settings.ts';
import { end } from './child.ts';
import { isWhole } from './frames.ts';
import { Reader } from './reader.ts';
import { describeStatus, untilFirstKeyFrame } from './rtsp-probe.ts';
import { SimulatedCamera } from './simulated-camera.ts';
import { CAMERA_LOGIN, startBareMediamtx, URLS, VIEWER_LOGIN } from './test/bare-mediamtx.ts';

const BUDGET_MS = 30_000;

let folder: string;
let mediamtx: string;
let server: ChildProcess;
const open: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cupola-peers-'));
  mediamtx = await toolPath('mediamtx');
  server = await startBareMediamtx(folder);
});

afterAll(async () => {
  for (const peer of open) await (peer.stop ?? peer.close)?.call(peer);
  await end(server);
  await rm(folder, { recursive: true });
});

async function startCamera(settings: Partial<CameraSettings> & { name: string }): Promise<SimulatedCamera> {
  const defaults = { mediamtx, video: 'H264', gop: 25, pushes: [] } as const;
  const camera = await SimulatedCamera.start(
    { ...defaults, ...settings },
    path.join(folder, settings.name),
    undefined,
  );
  open.push(camera);
  return camera;
}

async function openReader(
  url: string,
  login: { user: string; password: string },
  video: VideoCodec,
): Promise<Reader> {
  const reader = await Reader.open({ url, ...login, video }, BUDGET_MS);
  open.push(reader);
  return reader;
}

test.concurrent.each([
  ['rtsp', 'H264', 'AAC'],
  ['rtsp', 'H265', 'Opus'],
  ['rtsp', 'H264', 'PCMA'],
  ['rtmp', 'H264', 'AAC'],
  ['rtmp', 'H264', undefined],
  ['srt', 'H264', 'Opus'],
  ['srt', 'H265', 'AAC'],
] as const)(
  'every frame of a camera that pushes by %s, %s with audio %s, reaches a reader',
  async (protocol, video, audio) => {
    const name = `${protocol}-${video}-${audio}`;
    const pushes = [{ url: URLS[protocol](name), ...CAMERA_LOGIN }];
    const camera = await startCamera({ name, video, pushes, ...(audio && { audio }) });
    await camera.accepted(BUDGET_MS);
    const reader = await openReader(URLS.rtsp(name), VIEWER_LOGIN, video);
    await reader.pictures(60, BUDGET_MS);
    const compared = await reader.compare(camera);
    expect(compared.v).toMatchObject({ missing: 0, foreign: 0, outOfOrder: 0 });
    expect(compared.v.first % 25, 'starts at a key frame').toBe(0);
    expect(isWhole(compared.a)).toBe(audio !== undefined);
    await reader.close();
    await camera.stop();
  },
);

test('a camera that pushes twice sends both servers the same frames, and comes back when thrown out', async () => {
  const pushes = ['one', 'two'].map((name) => ({ url: URLS.rtmp(name), ...CAMERA_LOGIN }));
  const camera = await startCamera({ name: 'twice', pushes });
  await camera.accepted(BUDGET_MS);
  for (const name of ['one', 'two']) {
    const reader = await openReader(URLS.rtsp(name), VIEWER_LOGIN, 'H264');
    await reader.pictures(30, BUDGET_MS);
    expect(isWhole((await reader.compare(camera)).v)).toBe(true);
  }
  expect(await argumentLists()).not.toMatch(/publishing-password|viewing-password/);
  await end(server);
  await Promise.all([camera.lost(0, BUDGET_MS), camera.lost(1, BUDGET_MS)]);
  server = await startBareMediamtx(folder);
  await camera.accepted(BUDGET_MS);
});

test('the probe sees the first key frame of a camera after its acceptance, and who is refused', async () => {
  const pushes = [{ url: URLS.rtsp('probed'), ...CAMERA_LOGIN }];
  const camera = await startCamera({ name: 'probed', pushes });
  const keyFrameMs = await untilFirstKeyFrame({ url: URLS.rtsp('probed'), ...VIEWER_LOGIN }, BUDGET_MS);
  expect(keyFrameMs).toBeGreaterThanOrEqual(await camera.accepted(BUDGET_MS));
  const guess = { url: URLS.rtsp('probed'), user: 'viewer', password: 'no' };
  expect(await describeStatus(guess, BUDGET_MS)).toBe(401);
});

test.each([
  ['basic', 18_600],
  ['digest', 18_601],
] as const)('a camera that is pulled asks for its login (%s)', async (method, port) => {
  const offer = { port, ...CAMERA_LOGIN, method };
  const camera = await startCamera({ name: `pulled-${method}`, audio: 'AAC', offer });
  const url = `rtsp://127.0.0.1:${offer.port}/camera`;
  const reader = await openReader(url, CAMERA_LOGIN, 'H264');
  await reader.pictures(30, BUDGET_MS);
  const compared = await reader.compare(camera);
  expect(isWhole(compared.v) && isWhole(compared.a)).toBe(true);
  await reader.close();
  await camera.stop();
});

/** The argument lists of all processes on this machine. */
async function argumentLists(): Promise<string> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lists = processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lists)).join('\n').replaceAll('\0', ' ');
}
