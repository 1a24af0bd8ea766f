/** Logins and kicks by every protocol, on a real MediaMTX with the pod's own configuration file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../../../e2e/cluster/tools.ts';
import { describeStatus } from '../../../e2e/peers/rtsp-probe.ts';
import { SimulatedCamera } from '../../../e2e/peers/simulated-camera.ts';
import { MediaPod, makePlan, pushedPath, VIEWER } from '../../test/media-pod.ts';

const CAMERAS = ['rtmp', 'rtsp', 'srt'] as const;
const WORD = 'cameras-secret-word';
const pathOf = (name: string) => `original/plant/north/${name}`;

let folder: string;
let pod: MediaPod;
const cameras: SimulatedCamera[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-protocols-'));
  pod = await MediaPod.start(
    makePlan(
      1,
      CAMERAS.map((name) => pushedPath(name, WORD)),
    ),
  );
  const mediamtx = await toolPath('mediamtx');
  const { rtmp, rtsp, srt } = pod.ports;
  const urls = {
    rtmp: `rtmp://127.0.0.1:${rtmp}/${pathOf('rtmp')}`,
    rtsp: `rtsp://127.0.0.1:${rtsp}/${pathOf('rtsp')}`,
    srt: `srt://127.0.0.1:${srt}?streamid=publish:${pathOf('srt')}`,
  };
  for (const name of CAMERAS) {
    const pushes = [{ url: urls[name], user: name, password: WORD }];
    const settings = { name, mediamtx, video: 'H264', gop: 25, pushes } as const;
    cameras.push(await SimulatedCamera.start(settings, join(folder, name), undefined));
  }
  await Promise.all(CAMERAS.map((name) => pod.untilOnline(pathOf(name))));
});
afterAll(async () => {
  for (const camera of cameras) await camera.stop();
  await pod?.close();
  await rm(folder, { recursive: true });
});

/** The status of the last answer, redirects followed. */
async function getStatus(url: string, login?: { user: string; password: string }): Promise<number> {
  const token = login && Buffer.from(`${login.user}:${login.password}`).toString('base64');
  const headers = token === undefined ? {} : { authorization: `Basic ${token}` };
  return (await fetch(url, { headers })).status;
}

test('readers get in with their credential alone, by RTSP, HLS and the WebRTC page', async () => {
  const wrong = { ...VIEWER, password: 'guess' };
  for (const [login, rtsp, http] of [
    [VIEWER, 200, 200],
    [wrong, 401, 401],
  ] as const) {
    const hls = `http://127.0.0.1:${pod.ports.hls}/${pathOf('rtmp')}/index.m3u8`;
    const page = `http://127.0.0.1:${pod.ports.webrtc}/${pathOf('rtmp')}/`;
    const statuses = await Promise.all([
      describeStatus({ url: pod.url(pathOf('rtmp')), ...login }, 8_000),
      getStatus(hls, login),
      getStatus(page, login),
    ]);
    expect(statuses).toEqual([rtsp, http, http]);
  }
  expect(await getStatus(`http://127.0.0.1:${pod.ports.hls}/${pathOf('rtmp')}/index.m3u8`)).toBe(401);
});

test("MediaMTX's API opens to nobody else in the pod", async () => {
  const url = `http://127.0.0.1:${pod.ports.mediamtxApi}/v3/paths/list`;
  expect(await getStatus(url)).toBe(401);
  expect(await getStatus(url, VIEWER)).toBe(401);
  expect(await getStatus(url, { user: 'cupola-agent', password: '' })).toBe(401);
});

test('removed readers and cameras are kicked by every protocol', async () => {
  expect(await getStatus(`http://127.0.0.1:${pod.ports.hls}/${pathOf('srt')}/index.m3u8`, VIEWER)).toBe(200);
  const kickedSince = (from: number) =>
    new Set(
      pod.log
        .slice(from)
        .filter((line) => line.event === 'session-kicked')
        .map((line) => `${line.action} ${line.protocol}`),
    );
  const cameraPaths = CAMERAS.map((name) => pushedPath(name, WORD));
  const from = pod.log.length;
  await pod.mount(makePlan(2, cameraPaths, { readers: [] }));
  await expect.poll(() => kickedSince(from)).toEqual(new Set(['read hls']));
  await pod.mount(makePlan(3, [], { readers: [] }));
  await expect
    .poll(() => kickedSince(from))
    .toEqual(new Set(['read hls', ...CAMERAS.map((protocol) => `publish ${protocol}`)]));
  expect(pod.output.join('\n')).not.toMatch(/secret-word/);
});
