/**
 * The readers that look at decoded pictures, on a bare MediaMTX: a good stream is good to each of them, and one
 * with pictures missing inside a GOP is seen by each to be corrupt.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../cluster/tools.ts';
import { BrowserViewer } from './browser.ts';
import { end, startChild } from './child.ts';
import { compareDecoded, type DecodedComparison } from './decoded-pictures.ts';
import { NumberedReader } from './numbered-reader.ts';
import type { PicturePage, WebPlayer } from './picture-page.ts';
import { Reader } from './reader.ts';
import type { ReaderKind } from './reader-programs.ts';
import { SimulatedCamera } from './simulated-camera.ts';
import { CAMERA_LOGIN, startBareMediamtx, URLS, VIEWER_LOGIN } from './test/bare-mediamtx.ts';

const BUDGET_MS = 30_000;
const DECODERS = ['FFmpeg decoding', 'GStreamer decoding'] as const;
const PLAYERS = ['hls.js', 'WHEP'] as const;

let folder: string;
let server: ChildProcess;
let camera: SimulatedCamera;
let damage: ChildProcess;
let browser: BrowserViewer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cupola-foreign-readers-'));
  server = await startBareMediamtx(folder);
  const pushes = ['one', 'two'].map((name) => ({ url: URLS.rtsp(name), ...CAMERA_LOGIN }));
  camera = await SimulatedCamera.start(
    {
      ...{ name: 'numbered', mediamtx: await toolPath('mediamtx'), video: 'H264', gop: 25, pushes },
      numbered: { encoders: 2 },
    },
    path.join(folder, 'camera'),
    undefined,
  );
  await camera.accepted(BUDGET_MS);
  damage = pushDamaged('one', 'damaged');
  browser = await BrowserViewer.start(undefined);
});

afterAll(async () => {
  await browser?.close();
  if (damage) await end(damage);
  await camera?.stop();
  if (server) await end(server);
  await rm(folder, { recursive: true });
});

test.each(DECODERS)('%s gives the pictures of either encoding to the bit', async (kind) => {
  for (const name of ['one', 'two']) {
    const reader = await read(name, kind);
    await reader.pictures(50, BUDGET_MS);
    const compared = await compare(reader);
    expect(compared.received).toBeGreaterThan(25);
    expect(compared).toMatchObject({ foreign: 0, missing: 0, outOfOrder: 0, switches: 0 });
    await reader.close();
  }
});

test.each(PLAYERS)('%s shows the pictures of either encoding as they must be', async (player) => {
  for (const name of ['one', 'two']) {
    const page = await watch(name, player);
    await page.pictures(50, BUDGET_MS);
    expect(page).toMatchObject({ corrupt: [], endedBy: undefined });
    await page.close();
  }
});

test.each(DECODERS)('%s is seen to decode a damaged stream wrongly', async (kind) => {
  const reader = await read('damaged', kind);
  await reader.pictures(50, BUDGET_MS);
  expect((await compare(reader)).foreign).toBeGreaterThan(10);
  await reader.close();
});

test.each(PLAYERS)('%s is seen to show a damaged stream wrongly', async (player) => {
  const page = await watch('damaged', player);
  await page.pictures(50, BUDGET_MS);
  expect(page.corrupt.length).toBeGreaterThan(10);
  await page.close();
});

test('a reader of the numbers misses nothing of either encoding, and sees that a stream is damaged', async () => {
  for (const name of ['one', 'two']) {
    const reader = await readNumbers(name);
    expect(reader).toMatchObject({ corrupt: [], missing: 0, repeated: 0, endedBy: undefined });
    await reader.close();
  }
  const reader = await readNumbers('damaged');
  expect(reader.corrupt.length).toBeGreaterThan(10);
  await reader.close();
});

/** What it saw of some seconds, but for the GOP that it joined in. */
async function readNumbers(name: string): Promise<NumberedReader> {
  const reader = await NumberedReader.open({ url: URLS.rtsp(name), ...VIEWER_LOGIN }, BUDGET_MS);
  await reader.pictures(30, BUDGET_MS);
  reader.begin();
  await reader.pictures(50, BUDGET_MS);
  return reader;
}

function read(name: string, kind: ReaderKind): Promise<Reader> {
  return Reader.open({ url: URLS.rtsp(name), ...VIEWER_LOGIN, video: 'H264', kind }, BUDGET_MS);
}

async function compare(reader: Reader): Promise<DecodedComparison> {
  const received = [...reader.received.v];
  return compareDecoded(await camera.decodeEncodings(), camera.settings.gop, received);
}

function watch(name: string, player: WebPlayer): Promise<PicturePage> {
  const url = player === 'hls.js' ? `${URLS.hls(name)}index.m3u8` : `${URLS.webrtc(name)}whep`;
  return browser.watch(player, { url, ...VIEWER_LOGIN }, BUDGET_MS);
}

/** Copies one stream to another without the third picture of each GOP, on which the others of the GOP build. */
function pushDamaged(from: string, to: string): ChildProcess {
  const login = (url: string, { user, password }: { user: string; password: string }) =>
    url.replace('//', `//${user}:${password}@`);
  return startChild('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-rtsp_transport', 'tcp'],
    ...['-i', login(URLS.rtsp(from), VIEWER_LOGIN), '-c', 'copy', '-bsf:v', "noise=drop='eq(mod(n,25),2)'"],
    ...['-f', 'rtsp', '-rtsp_transport', 'tcp', login(URLS.rtsp(to), CAMERA_LOGIN)],
  ]);
}
