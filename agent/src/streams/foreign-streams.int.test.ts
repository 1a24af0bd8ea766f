/** Streams of many kinds of cameras through two legs, of which each dies and comes back: real servers, real FFmpeg. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { end, keepErrors, onLine, startChild } from '../../../e2e/peers/child.ts';
import { compareFrames, parseFrame } from '../../../e2e/peers/frames.ts';
import { Waiting } from '../../../e2e/peers/waiting.ts';
import { CLIPS, type Clip, type ClipName, encodeClip, hashArguments } from '../../test/foreign-clips.ts';
import { MediaPod, makePlan, pulledPath, VIEWER } from '../../test/media-pod.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';
import { findFreePorts } from '../../test/ports.ts';

const RELAY = 'plant/main-relay-0-primary';
const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];
/** Units that each reader gets between two faults: more than a second of video, more than a GOP. */
const UNITS = 40;
const BUDGET_MS = 30_000;
const NAMES = Object.keys(CLIPS) as ClipName[];
const pathOf = (name: string) => `original/plant/north/${name}`;

let folder: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cupola-foreign-'));
});
afterAll(async () => {
  for (const close of open.reverse()) await close();
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

/** Sends the clip again and again, in real time, as it was encoded. */
function sendClip(clip: Clip, url: string): void {
  const input = ['-re', '-stream_loop', '-1', '-i', clip.file, '-map', '0', '-c', 'copy'];
  const child = startChild('ffmpeg', [...QUIET, ...input, '-f', 'rtsp', '-rtsp_transport', 'tcp', url]);
  open.push(() => end(child));
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

  const leg = (side: PlainMediamtx, id: string, name: string) => ({
    ...{ id, url: side.url(pathOf(name)), credential: VIEWER, workload: `plant/${id}` },
  });
  const paths = NAMES.map((name) =>
    pulledPath(name, leg(primary, 'primary', name), leg(backup, 'backup', name)),
  );
  const relay = await MediaPod.start(makePlan(1, paths, { workload: RELAY }), { workload: RELAY });
  open.push(() => relay.close());
  const untilLive = (id: string, from: number) =>
    Promise.all(
      NAMES.map((name) =>
        relay.until(
          `${id} of ${name}`,
          (line) => line.event === 'leg-live' && line.leg === id && line.path === pathOf(name),
          from,
          BUDGET_MS,
        ),
      ),
    );
  await Promise.all([untilLive('primary', 0), untilLive('backup', 0)]);
  await Promise.all(NAMES.map((name) => relay.untilOnline(pathOf(name), 0, BUDGET_MS)));
  const readers = clips.map((clip) => new ClipReader(clip, relay.url(pathOf(clip.name))));
  const untilUnits = () => Promise.all(readers.map((reader) => reader.units(UNITS)));

  await untilUnits();
  await primary.kill();
  await untilUnits();
  const from = relay.log.length;
  await primary.start();
  await untilLive('primary', from);
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
