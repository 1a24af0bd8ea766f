/** Picture and sound of renditions: real MediaMTX servers, real FFmpeg as camera, encoder and viewer. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioEncoding, PlannedPath } from '@cupola/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import { ClappingCamera, ClapViewer } from '../../test/clapper.ts';
import { buildEncoding } from '../../test/encodings.ts';
import { MediaPod, makePlan, VIEWER } from '../../test/media-pod.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';

const GATE = 'original/plant/north/gate';
const LOW = 'compressed/plant/north/gate/low';
const WEB = 'compressed/plant/north/gate/web';
const BUDGET_MS = 40_000;
/** What nobody notices (ITU-R BT.1359: 45 ms ahead, 125 ms behind), and what two players' own rounding adds. */
const TOGETHER_MS = 80;

let folder: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-sound-test-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function startCamera(gopSeconds: number): Promise<PlainMediamtx> {
  const [port = 0] = await findFreePorts(1);
  const factory = new PlainMediamtx(port, folder);
  open.push(() => factory.kill());
  await factory.start();
  const camera = new ClappingCamera(factory.url(GATE), gopSeconds);
  open.push(() => camera.stop());
  await factory.untilOnline(1);
  return factory;
}

function rendition(path: string, audio: AudioEncoding): PlannedPath {
  const encoding = buildEncoding({ height: 90, speed: 'ultrafast', bitrateKbps: 200 }, audio);
  return { path, source: { from: 'transcode', input: GATE, encoding, memoryMiB: 512 } };
}

async function measureMs(url: string, credential?: typeof VIEWER): Promise<number> {
  const viewer = new ClapViewer(url, credential);
  open.push(() => viewer.close());
  const delays = await viewer.delaysMs(4, BUDGET_MS);
  return delays.toSorted((one, other) => one - other)[2] ?? Number.NaN;
}

test.each<[string, AudioEncoding]>([
  ['copied', { codec: 'Copy' }],
  ['encoded', { codec: 'Opus', bitrateKbps: 64 }],
])(
  'sound that is %s stays with the picture, though the encoder begins in the middle of a GOP',
  async (_, audio) => {
    const factory = await startCamera(8);
    const legs = [{ id: 'primary', url: factory.url(GATE) }];
    const original: PlannedPath = { path: GATE, source: { from: 'legs', legs, forEncodersOnly: true } };
    const readers = [{ credential: VIEWER, paths: ['compressed/'] }];
    const pod = await MediaPod.start(makePlan(1, [original, rendition(WEB, audio)], { readers }));
    open.push(() => pod.close());
    await pod.untilOnline(WEB, 0, BUDGET_MS);
    const before = await measureMs(pod.url(WEB), VIEWER);
    // Begun with a key frame; the second begins seconds after it.
    await pod.mount(makePlan(2, [original, rendition(WEB, audio), rendition(LOW, audio)], { readers }));
    await pod.untilOnline(LOW, 0, BUDGET_MS);
    const after = await measureMs(pod.url(LOW), VIEWER);
    const source = await measureMs(factory.url(GATE));
    console.log({ source, before, after });
    expect(Math.abs(before - source)).toBeLessThan(TOGETHER_MS);
    expect(Math.abs(after - source)).toBeLessThan(TOGETHER_MS);
  },
  150_000,
);
