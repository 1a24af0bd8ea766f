import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../cluster/tools.ts';
import { end } from './child.ts';
import { compareFrames } from './frames.ts';
import { RtspPlayer } from './rtsp-player.ts';
import { untilOffered } from './rtsp-probe.ts';
import { SimulatedCamera } from './simulated-camera.ts';
import { CAMERA_LOGIN, startBareMediamtx, URLS, VIEWER_LOGIN } from './test/bare-mediamtx.ts';
import { Waiting } from './waiting.ts';

const PLAYED = { url: URLS.rtsp('played'), ...VIEWER_LOGIN };

let folder: string;
let server: ChildProcess;
let camera: SimulatedCamera;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cupola-player-'));
  server = await startBareMediamtx(folder);
  const pushes = [{ url: URLS.rtmp('played'), ...CAMERA_LOGIN }];
  const settings = { name: 'played', video: 'H264', gop: 25, pushes } as const;
  camera = await SimulatedCamera.start(
    { ...settings, mediamtx: await toolPath('mediamtx') },
    path.join(folder, 'played'),
    undefined,
  );
  await untilOffered(PLAYED, 30_000);
});

afterAll(async () => {
  await camera?.stop();
  await end(server);
  await rm(folder, { recursive: true });
});

test('a stream that is not there ends it with the status of the answer', async () => {
  const reason = await new Promise((resolve) => {
    const handlers = { onPicture: () => undefined, onEnd: resolve };
    new RtspPlayer({ url: URLS.rtsp('absent'), ...VIEWER_LOGIN }, 10_000, handlers);
  });
  expect(reason).toBe('status 404');
});

test('it tells of every picture as the camera does, from a key frame on, and of the end of the connection', async () => {
  const hashes: string[] = [];
  const pictures = new Waiting();
  let reason: string | undefined;
  new RtspPlayer(PLAYED, 10_000, {
    onPicture: (hash) => {
      hashes.push(hash);
      pictures.arrived();
    },
    onEnd: (told) => {
      reason = told;
      pictures.arrived();
    },
  });
  await pictures.until('60 pictures', () => hashes.length >= 60 || reason !== undefined, 15_000);
  const played = hashes.slice(0, 60);
  await camera.told('v', played.at(-1) ?? '');
  const compared = compareFrames(camera.sent.v, played);
  expect(compared).toMatchObject({ received: 60, missing: 0, foreign: 0, outOfOrder: 0 });
  expect(compared.first % 25).toBe(0);

  await end(server);
  await pictures.until('the end', () => reason !== undefined, 5_000);
  expect(reason).toBeDefined();
});
