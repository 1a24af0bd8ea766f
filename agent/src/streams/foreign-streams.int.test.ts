/** Streams of many kinds of cameras through two legs, of which each dies and comes back: real servers, real FFmpeg. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { end, keepErrors, onLine, startChild } from '../../../e2e/peers/child.ts';
import { compareFrames, parseFrame } from '../../../e2e/peers/frames.ts';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import { Waiting } from '../../../e2e/peers/waiting.ts';
import { type Clip, type ClipName, encodeClip, hashArguments } from '../../test/foreign-clips.ts';
import { type LogLine, MediaPod, makePlan, pulledPath, VIEWER } from '../../test/media-pod.ts';
import { PictureViewer } from '../../test/picture-viewer.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';
import { SentClip } from '../../test/sent-clip.ts';

const RELAY = 'plant/main-relay-0-primary';
const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];
/** Units that each reader gets between two faults: more than a second of video, more than a GOP. */
const UNITS = 40;
const BUDGET_MS = 30_000;
/** Of a decoded picture of 320x180 and of 480x270, as YUV 4:2:0. */
const BYTES_OF_180 = 86_400;
const BYTES_OF_270 = 194_400;
const NAMES: readonly ClipName[] = [
  'several-slices',
  'b-frames',
  'intra-refresh',
  'open-gop',
  'night',
  'still',
  'h265',
  'audio-alone',
];
const SIDES = ['primary', 'backup'];
const pathOf = (name: string) => `original/plant/north/${name}`;

let folder: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-foreign-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What a viewer of the relay gets of one clip. */
class ClipReader {
  readonly clip: Clip;
  readonly hashes: string[] = [];
  readonly errors: readonly string[];
  readonly #waiting = new Waiting();

  constructor(clip: Clip, url: string) {
    this.clip = clip;
    const login = url.replace('rtsp://', `rtsp://${VIEWER.user}:${VIEWER.password}@`);
    const input = ['-rtsp_transport', 'tcp', '-analyzeduration', '300k', '-i', login];
    const child = startChild('ffmpeg', [...QUIET, ...input, ...hashArguments(clip.codec)]);
    this.errors = keepErrors(child);
    onLine(child, (line) => {
      const hash = parseFrame(line)?.hash;
      if (hash !== undefined) this.hashes.push(hash);
      this.#waiting.arrived();
    });
    child.once('exit', () => this.#waiting.fail(new Error(`${clip.name}: ${this.errors.join(' ')}`)));
    open.push(() => end(child));
  }

  units(more: number): Promise<void> {
    const goal = this.hashes.length + more;
    return this.#waiting.until(
      `${more} units of ${this.clip.name}`,
      () => this.hashes.length >= goal,
      BUDGET_MS,
    );
  }
}

function sendClip(clip: Clip, url: string): SentClip {
  const sent = new SentClip(clip, url);
  open.push(() => sent.stop());
  return sent;
}

async function startRelay(names: readonly string[], sides: readonly PlainMediamtx[]): Promise<MediaPod> {
  const paths = names.map((name) =>
    pulledPath(
      name,
      ...sides.map((side, index) => {
        const id = SIDES[index] ?? '';
        return { id, url: side.url(pathOf(name)), credential: VIEWER, workload: `plant/${id}` };
      }),
    ),
  );
  const relay = await MediaPod.start(makePlan(1, paths, { workload: RELAY }), { workload: RELAY });
  open.push(() => relay.close());
  return relay;
}

async function untilLive(relay: MediaPod, id: string, names: readonly string[], from = 0): Promise<void> {
  for (const name of names) {
    const isIt = (line: LogLine) =>
      line.event === 'leg-live' && line.leg === id && line.path === pathOf(name);
    await relay.until(`${id} of ${name}`, isIt, from, BUDGET_MS);
  }
}

/** Two factories that take what is sent to them, and the relay of both. */
async function startPair(name: string): Promise<{ relay: MediaPod; sides: PlainMediamtx[] }> {
  const sides = (await findFreePorts(2)).map((port) => new PlainMediamtx(port, folder));
  for (const side of sides) {
    open.push(() => side.kill());
    await side.start();
  }
  return { sides, relay: await startRelay([name], sides) };
}

function openViewer(relay: MediaPod, name: string): PictureViewer {
  const viewer = new PictureViewer(relay.url(pathOf(name)));
  open.push(() => viewer.close());
  return viewer;
}

test('each kind of stream goes on, unit by unit, while one leg and then the other dies and comes back', async () => {
  const clips = await Promise.all(NAMES.map((name) => encodeClip(name, folder)));
  const [cameraPort = 0, primaryPort = 0, backupPort = 0] = await findFreePorts(3);
  const camera = new PlainMediamtx(cameraPort, folder);
  const sources = new Map(NAMES.map((name) => [pathOf(name), camera.url(name)]));
  const sides = [primaryPort, backupPort].map((port) => new PlainMediamtx(port, folder, sources));
  const [primary, backup] = sides as [PlainMediamtx, PlainMediamtx];
  for (const server of [camera, ...sides]) open.push(() => server.kill());
  await camera.start();
  for (const clip of clips) sendClip(clip, camera.url(clip.name));
  await camera.untilOnline(NAMES.length);
  await Promise.all(sides.map((side) => side.start()));

  const relay = await startRelay(NAMES, sides);
  for (const id of SIDES) await untilLive(relay, id, NAMES);
  await Promise.all(NAMES.map((name) => relay.untilOnline(pathOf(name), 0, BUDGET_MS)));
  const readers = clips.map((clip) => new ClipReader(clip, relay.url(pathOf(clip.name))));
  const untilUnits = () => Promise.all(readers.map((reader) => reader.units(UNITS)));

  await untilUnits();
  await primary.kill();
  await untilUnits();
  const from = relay.log.length;
  await primary.start();
  await untilLive(relay, 'primary', NAMES, from);
  await untilUnits();
  await backup.kill();
  await untilUnits();

  for (const { clip, hashes } of readers) {
    const sent = Array.from({ length: 20 }).flatMap(() => clip.hashes);
    expect([clip.name, compareFrames(sent, hashes)]).toEqual([
      clip.name,
      { received: hashes.length, first: expect.any(Number), missing: 0, foreign: 0, outOfOrder: 0 },
    ]);
  }
}, 180_000);

test('a camera that starts again with a bigger picture is seen on by who watched before', async () => {
  const [small, big] = await Promise.all([encodeClip('night', folder), encodeClip('bigger', folder)]);
  const { relay, sides } = await startPair('gate');
  const first = sides.map((side) => sendClip(small, side.url(pathOf('gate'))));
  for (const id of SIDES) await untilLive(relay, id, ['gate']);
  await relay.untilOnline(pathOf('gate'));
  const viewer = openViewer(relay, 'gate');
  await viewer.pictures(25, BUDGET_MS, (size) => size === BYTES_OF_180);
  await Promise.all(first.map((sent) => sent.stop()));
  await relay.until('no leg', (line) => line.event === 'path-offline', 0, BUDGET_MS);
  viewer.complaints.length = 0;
  for (const side of sides) sendClip(big, side.url(pathOf('gate')));
  await viewer.pictures(50, BUDGET_MS, (size) => size === BYTES_OF_270);
  expect(viewer.complaints).toEqual([]);
  expect(await relay.metric('cupola_agent_publisher_openings_total')).toBe(1);
}, 120_000);

test('of two encoders the second is shown when the first dies: from a key frame, on one clock, and all of it decodes', async () => {
  const clips = await Promise.all([
    encodeClip('several-slices', folder),
    encodeClip('other-encoder', folder),
  ]);
  const { relay, sides } = await startPair('gate');
  for (const [index, side] of sides.entries()) {
    const clip = clips[index];
    if (clip !== undefined) sendClip(clip, side.url(pathOf('gate')));
  }
  for (const id of SIDES) await untilLive(relay, id, ['gate']);
  await relay.untilOnline(pathOf('gate'));
  const viewer = openViewer(relay, 'gate');
  await viewer.pictures(50, BUDGET_MS);
  viewer.complaints.length = 0;
  viewer.longestGapMs = 0;
  const from = viewer.times.length;
  await sides[0]?.kill();
  await viewer.pictures(75, BUDGET_MS);
  console.log(`two encoders, the one shown killed: longest freeze ${Math.round(viewer.longestGapMs)} ms`);
  expect(viewer.complaints).toEqual([]);
  const times = viewer.times.slice(from);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  // A machine that pauses for 200 ms may have had it switch before.
  expect(await relay.metric('cupola_agent_merge_switches_total')).toBeGreaterThanOrEqual(1);
}, 120_000);
