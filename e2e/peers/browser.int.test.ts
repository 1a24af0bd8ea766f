import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../cluster/tools.ts';
import { BrowserViewer } from './browser.ts';
import { end } from './child.ts';
import { SimulatedCamera } from './simulated-camera.ts';
import { CAMERA_LOGIN, startBareMediamtx, URLS, VIEWER_LOGIN } from './test/bare-mediamtx.ts';

let folder: string;
let server: ChildProcess;
let camera: SimulatedCamera;
let browser: BrowserViewer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cupola-browser-test-'));
  server = await startBareMediamtx(folder);
  const pushes = [{ url: URLS.rtsp('web'), ...CAMERA_LOGIN }];
  const settings = {
    name: 'web',
    mediamtx: await toolPath('mediamtx'),
    video: 'H264',
    gop: 25,
    pushes,
  } as const;
  camera = await SimulatedCamera.start(settings, path.join(folder, 'web'), undefined);
  await camera.accepted(30_000);
  browser = await BrowserViewer.start(undefined);
});

afterAll(async () => {
  await browser?.close();
  await camera?.stop();
  if (server) await end(server);
  await rm(folder, { recursive: true });
});

test.each(['hls', 'webrtc'] as const)('headless Chromium plays the %s page with a login', async (page) => {
  expect(await browser.play(URLS[page]('web'), VIEWER_LOGIN, 30_000)).toBeGreaterThanOrEqual(25);
});
