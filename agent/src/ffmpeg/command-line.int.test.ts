import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Encoding } from '@cupola/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { end, ended, keepErrors, startChild } from '../../../e2e/peers/child.ts';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import { buildEncoding } from '../../test/encodings.ts';
import { PlainMediamtx } from '../../test/plain-mediamtx.ts';
import { buildArguments } from './command-line.ts';
import { type FailureCause, findCause } from './failure-cause.ts';
import { limitLaunch } from './launcher.ts';
import { type Progress, ProgressParser } from './progress-parser.ts';

const run = promisify(execFile);

/** 25 pictures a second and a key frame each 53: no multiple of any interval asked for below. */
const CAMERA = [
  ...[
    '-re',
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=640x360:rate=25',
    '-f',
    'lavfi',
    '-i',
    'sine=sample_rate=8000',
  ],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-threads', '1', '-g', '53'],
  ...['-keyint_min', '53', '-sc_threshold', '0', '-c:a', 'pcm_alaw', '-f', 'rtsp', '-rtsp_transport', 'tcp'],
];

interface Picture {
  readonly timeMs: number;
  readonly isKey: boolean;
  readonly bytes: number;
}

/** Why the process, which encoded nothing, ended. */
async function expectCause(
  cause: FailureCause,
  child: ChildProcess,
  errors: readonly string[],
): Promise<void> {
  await ended(child);
  const { exitCode, signalCode: signal } = child;
  const found = findCause({ exitCode, signal, wasHung: false, hasEncoded: false, errors });
  expect(found, errors.join('\n')).toBe(cause);
}

describe('FFmpeg with the arguments of a rendition', () => {
  let server: PlainMediamtx;
  let folder: string;
  let camera: ReturnType<typeof startChild>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cupola-encode-'));
    const [port = 0] = await findFreePorts(1);
    server = new PlainMediamtx(port, folder);
    await server.start();
    camera = startChild('ffmpeg', ['-v', 'error', '-nostdin', ...CAMERA, server.url('original')]);
    await server.untilOnline(1);
  });
  afterAll(async () => {
    if (camera !== undefined) await end(camera);
    await server?.kill();
    await rm(folder, { recursive: true, force: true });
  });

  function encode(name: string, encoding: Encoding, memoryMiB = 1_024) {
    const urls = { inputUrl: server.url('original'), outputUrl: server.url(name) };
    const launch = limitLaunch('ffmpeg', buildArguments({ ...urls, encoding, skipMs: 0 }), { memoryMiB });
    const child = startChild(launch.command, launch.arguments);
    const errors = keepErrors(child);
    const parser = new ProgressParser();
    const progress: Progress[] = [];
    child.stdout?.on('data', (data: Buffer) => progress.push(...parser.push(data.toString())));
    return { child, errors, progress };
  }

  /** What a reader of the rendition finds. */
  async function probe(name: string, seconds: number) {
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-rtsp_transport', 'tcp', '-read_intervals', `%+${seconds}`, '-of', 'json'],
      ...['-show_entries', 'stream=codec_name,profile,width,height,has_b_frames,sample_rate,level'],
      ...['-show_entries', 'packet=codec_type,pts_time,flags,size', server.url(name)],
    ]);
    const { streams, packets } = JSON.parse(stdout) as {
      streams: Record<string, unknown>[];
      packets: { codec_type: string; pts_time?: string; flags: string; size: string }[];
    };
    const pictures = packets
      .filter((packet) => packet.codec_type === 'video' && packet.pts_time !== undefined)
      .map((packet): Picture => {
        const timeMs = Math.round(Number(packet.pts_time) * 1_000);
        return { timeMs, isKey: packet.flags.startsWith('K'), bytes: Number(packet.size) };
      });
    // Before the server's first report of its clock a reader's timestamps are not those that follow.
    const second = pictures.findIndex(({ isKey }, index) => isKey && index > 0);
    return { streams, pictures: pictures.slice(second) };
  }

  /** From each key frame to the next, in pictures: a server's reports of its clock shift a reader's timestamps. */
  function keyDistances(pictures: readonly Picture[]): number[] {
    const keys = pictures.flatMap(({ isKey }, index) => (isKey ? [index] : []));
    return keys.slice(1).map((key, index) => key - (keys[index] ?? 0));
  }

  it('makes a stream for browsers that cuts where the source does and each second from there on', async () => {
    const video = { profile: 'Baseline', height: 180, framesPerSecond: 10, keyFrameSeconds: 1 } as const;
    const rates = { bitrateKbps: 300, maxBitrateKbps: 450, bufferKbits: 450 };
    const { child, progress } = encode(
      'web',
      buildEncoding({ ...video, ...rates }, { codec: 'Opus', bitrateKbps: 32 }),
    );
    await server.untilOnline(2);
    const { streams, pictures } = await probe('web', 7);
    await end(child);
    expect(streams).toMatchObject([
      { codec_name: 'h264', profile: 'Constrained Baseline', width: 320, height: 180, has_b_frames: 0 },
      { codec_name: 'opus', sample_rate: '48000' },
    ]);
    // At most 10 a second of a source of 25: 10 in each second after a key frame.
    const lasted = (pictures.at(-1)?.timeMs ?? 0) - (pictures[0]?.timeMs ?? 0);
    expect(pictures.length).toBeGreaterThan((lasted / 1_000) * 9);
    expect(pictures.length).toBeLessThan((lasted / 1_000) * 11 + 2);
    // Of 53 pictures of the source 22 are taken, one more or less where a report of the server's clock shifts
    // timestamps: two whole seconds and the rest, then comes its key frame.
    const distances = keyDistances(pictures);
    expect(distances).toContain(10);
    expect(distances.some((distance) => distance <= 3)).toBe(true);
    expect(distances.filter((distance) => distance > 3 && distance !== 10)).toEqual([]);
    const bitrateKbps = (pictures.reduce((sum, { bytes }) => sum + bytes, 0) * 8) / lasted;
    expect(bitrateKbps).toBeGreaterThan(150);
    expect(bitrateKbps).toBeLessThan(500);
    expect(progress.at(-1)).toMatchObject({ frames: expect.any(Number), speed: expect.any(Number) });
    expect(progress.at(-1)?.frames).toBeGreaterThan(10);
  });

  it('makes H.265 with the key frames of the source, every picture of it, and its audio as it is', async () => {
    const { child } = encode('h265', buildEncoding({ codec: 'H265', speed: 'ultrafast', height: 180 }));
    await server.untilOnline(3);
    const { streams, pictures } = await probe('h265', 8);
    await end(child);
    expect(streams).toMatchObject([
      { codec_name: 'hevc', profile: 'Main', width: 320, height: 180, has_b_frames: 0 },
      { codec_name: 'pcm_alaw', sample_rate: '8000' },
    ]);
    expect(new Set(keyDistances(pictures))).toEqual(new Set([53]));
  });

  it('ends for want of memory, alone, where it may have too little', async () => {
    const { child, errors } = encode('small', buildEncoding({ height: 360 }), 40);
    await expectCause('OutOfMemory', child, errors);
  });

  it('says that a source is not there', async () => {
    const urls = { inputUrl: server.url('nobody'), outputUrl: server.url('nothing') };
    const child = startChild('ffmpeg', buildArguments({ ...urls, encoding: buildEncoding(), skipMs: 0 }));
    const errors = keepErrors(child);
    await expectCause('SourceEnded', child, errors);
  });
});
