/** Renditions beside their original at the relay: of the size and the bit rate of their profiles, also when those change. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isWhole } from '../peers/frames.ts';
import type { Reader } from '../peers/reader.ts';
import type { SimulatedCamera } from '../peers/simulated-camera.ts';
import { BUDGETS } from '../stage/budgets.ts';
import { findRendition, type LiveSite } from '../stage/live-site.ts';
import { Stage } from '../stage/stage.ts';

/** The camera's picture is 480x270, of 25 frames a second. */
const LOW = { height: 180, framesPerSecond: 10, bitrateKbps: 150, keyFrameSeconds: 2, speed: 'ultrafast' };
const WEB = { height: 90, framesPerSecond: 5, bitrateKbps: 50, keyFrameSeconds: 2, speed: 'ultrafast' };
/** What the encoder may use, over a second, beside the rate that it aims at. */
const MOST = 1.5;
const POOL = { autoscaling: { mode: 'Manual' } };

let stage: Stage;
let site: LiveSite;
let camera: SimulatedCamera;

beforeAll(async () => {
  stage = await Stage.open('e2e-renditions');
  await applyProfiles(LOW);
  camera = await stage.startPushing(site, 'gate', { protocol: 'rtmp', audio: 'AAC' });
  site = await untilEncoding();
});

afterAll(async () => {
  await stage?.close();
});

test.each([
  { name: 'low', video: LOW },
  { name: 'web', video: WEB },
])('the rendition $name is as its profile says', async ({ name, video }) => {
  const reader = await stage.readRendition(site, 'gate', name);
  const decoding = await stage.readRendition(site, 'gate', name, 'FFmpeg decoding');
  await Promise.all([reader, decoding].map((each) => each.pictures(10 * video.framesPerSecond, 60_000)));
  const kbps = reader.bitrateKbps(video.framesPerSecond);
  console.log(`${name}: ${Math.round(kbps)} kbit/s of video, ${video.bitrateKbps} aimed at`);
  expect(new Set(decoding.pictureBytes)).toEqual(new Set([rawBytes(video.height)]));
  expect(kbps).toBeLessThan(MOST * video.bitrateKbps);
  await Promise.all([reader.close(), decoding.close()]);
});

test('a profile is edited while it plays: its viewers stay, and the original loses no frame', async () => {
  const original = await stage.read(site, 'gate');
  const viewer = await stage.readRendition(site, 'gate', 'low', 'FFmpeg decoding');
  const other = await stage.readRendition(site, 'gate', 'web');
  await Promise.all([original, viewer, other].map((each) => each.pictures(25, BUDGETS.picture)));
  for (const each of [original, viewer, other]) each.longestGapMs = 0;
  await applyProfiles({ ...LOW, height: 144 });
  while (viewer.pictureBytes.at(-1) !== rawBytes(144)) await viewer.pictures(1, BUDGETS.picture);
  await viewer.pictures(50, BUDGETS.picture);
  console.log(`profile edited: ${describe({ viewer, other, original })}`);
  const { v, a } = await original.compare(camera);
  expect([isWhole(v), isWhole(a)], JSON.stringify({ v, a })).toEqual([true, true]);
});

async function applyProfiles(low: object): Promise<void> {
  const profiles = [
    { name: 'low', video: low },
    { name: 'web', preset: 'Web', video: WEB },
  ];
  const renditions = { pool: POOL, compression: { profiles } };
  site = await stage.applySite('quay', [{ name: 'gate', push: {} }], renditions);
}

function untilEncoding(): Promise<LiveSite> {
  return stage.untilSite('quay', 'both renditions encoded', BUDGETS.ready, (live) =>
    ['low', 'web'].every((name) => {
      const rendition = findRendition(live, 'gate', name);
      return rendition?.state === 'Encoding' && rendition.urls?.rtsp !== undefined;
    }),
  );
}

/** A decoded picture of 16:9, with colours at half the resolution. */
function rawBytes(height: number): number {
  return height * ((height * 16) / 9) * 1.5;
}

function describe(readers: Record<string, Reader>): string {
  return Object.entries(readers)
    .map(([name, reader]) => `${name} ${Math.round(reader.longestGapMs)} ms`)
    .join(', ');
}
