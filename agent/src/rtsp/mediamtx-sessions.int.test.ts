/** The sessions against programs that others wrote: MediaMTX as the server, FFmpeg as camera and as viewer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolPath } from '../../../e2e/cluster/tools.ts';
import { end, ended, keepErrors, onLine, startChild } from '../../../e2e/peers/child.ts';
import { findFreePorts } from '../../../e2e/peers/ports.ts';
import { makeRun, packetsOf } from '../../test/packet-runs.ts';
import type { FrameRow } from '../rtp/frame-row.ts';
import { PlaySession } from './play-session.ts';
import { PublishSession } from './publish-session.ts';
import { RtspError } from './rtsp-error.ts';
import type { Track } from './wire/track.ts';

/** As odd as MediaMTX takes them. */
const CREDENTIAL = { user: 'viewer@site', password: 'p;a=s$s(w)&rd' };
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25'];
/** It rises, so that no packet of it is like another. */
const TONE = ['-f', 'lavfi', '-i', 'aevalsrc=0.3*sin(2*PI*t*(300+40*t)):sample_rate=48000'];
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-b:v', '2M'];
const SECONDS = 7;
/** MediaMTX answers a refused login late, by chance: up to 4 s. */
const BUDGET = 30_000;

const folders: string[] = [];
const children: ReturnType<typeof startChild>[] = [];

/** A MediaMTX that lets everybody read and write, or the credential alone by the method. */
async function startServer(authMethod?: 'basic' | 'digest'): Promise<(path: string) => string> {
  const folder = await mkdtemp(join(tmpdir(), 'cupola-rtsp-'));
  folders.push(folder);
  const [port] = await findFreePorts(1);
  const user = authMethod ? { user: CREDENTIAL.user, pass: CREDENTIAL.password } : { user: 'any', pass: '' };
  const settings = {
    ...{
      rtspAddress: `127.0.0.1:${port}`,
      rtspTransports: ['tcp'],
      rtspAuthMethods: [authMethod ?? 'basic'],
    },
    ...{ rtmp: false, hls: false, webrtc: false, srt: false, moq: false, readTimeout: '5s' },
    authInternalUsers: [{ ...user, permissions: [{ action: 'publish' }, { action: 'read' }] }],
    paths: { all_others: {} },
  };
  await writeFile(join(folder, 'mediamtx.yml'), JSON.stringify(settings));
  const child = startChild(await toolPath('mediamtx'), [join(folder, 'mediamtx.yml')]);
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    onLine(child, (line) => line.includes('[RTSP] started') && resolve());
    void ended(child).then((how) => reject(new Error(`MediaMTX did not start: ${how}`)));
  });
  return (path) => `rtsp://127.0.0.1:${port}/${path}`;
}

/** What FFmpeg reads until the stream ends: for each of its streams the hashes of its coded units, in order. */
function view(url: string): { hashes: Promise<string[][]>; first: Promise<void> } {
  const args = [
    '-v',
    'error',
    '-rtsp_transport',
    'tcp',
    '-analyzeduration',
    '500k',
    '-i',
    url,
    '-map',
    '0',
    '-c',
    'copy',
    '-f',
    'framemd5',
    '-',
  ];
  const child = startChild('ffmpeg', args);
  children.push(child);
  keepErrors(child);
  const hashes: string[][] = [];
  const first = new Promise<void>((resolve) => {
    onLine(child, (line) => {
      const fields = line.split(',').map((field) => field.trim());
      if (line.startsWith('#') || fields.length < 6) return;
      const stream = Number(fields[0]);
      hashes[stream] ??= [];
      hashes[stream].push(fields[5] ?? '');
      resolve();
    });
  });
  return { hashes: ended(child).then(() => hashes), first };
}

function push(url: string, ...args: string[]): ReturnType<typeof startChild> {
  const output = ['-t', String(SECONDS), '-f', 'rtsp', '-rtsp_transport', 'tcp', url];
  const child = startChild('ffmpeg', ['-v', 'error', '-re', ...args, ...output]);
  children.push(child);
  return child;
}

/** Until the camera is there, as a leg does. */
async function playWhenThere(
  url: string,
  onRtp: (track: number, packets: FrameRow) => void,
): Promise<{ session: PlaySession; tracks: readonly Track[] }> {
  for (;;) {
    const session = new PlaySession({ url, events: { onRtp, onRtcp: () => undefined } });
    try {
      return { session, tracks: await session.start() };
    } catch (error) {
      if (!(error instanceof RtspError) || error.code !== 'CUP_RTSP_NOT_FOUND') throw error;
    }
  }
}

/**
 * How many units the original's and the copy's viewer both have, from the first such on; they must be the same to the
 * end, but for the last of either, which the end of the stream may cut. Either viewer may have begun before the other.
 */
function expectCopied(original: readonly string[], copy: readonly string[]): number {
  const start = copy.findIndex((hash) => original.includes(hash));
  expect(start).toBeGreaterThanOrEqual(0);
  const common = copy.slice(start);
  const from = original.indexOf(common[0] ?? '');
  const length = Math.min(common.length, original.length - from) - 1;
  expect(common.slice(0, length)).toEqual(original.slice(from, from + length));
  return length;
}

afterAll(async () => {
  await Promise.all(children.map((child) => end(child)));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('what FFmpeg pushes comes out of a second path, unit for unit', () => {
  let url: (path: string) => string;
  beforeAll(async () => {
    url = await startServer();
  });

  const SMALL_X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'keyint=25:log-level=error'];
  test.each([
    ['H.264 and AAC', ['H264', 'AAC'], [...PICTURE, ...TONE, ...X264, '-c:a', 'aac']],
    [
      'H.264 with B-frames and PCMU',
      ['H264', 'PCMU'],
      [...PICTURE, ...TONE, ...X264, '-bf', '2', '-c:a', 'pcm_mulaw', '-ar', '8000'],
    ],
    ['H.265 and Opus', ['H265', 'Opus'], [...PICTURE, ...TONE, ...SMALL_X265, '-c:a', 'libopus']],
    ['PCMA alone', ['PCMA'], [...TONE, '-c:a', 'pcm_alaw', '-ar', '8000']],
  ])(
    '%s',
    async (name, codecs, args) => {
      const path = name.replace(/\W/g, '');
      push(url(path), ...args);
      let publisher: PublishSession | undefined;
      let refused = 0;
      const { session, tracks } = await playWhenThere(url(path), (track, packets) => {
        if (publisher && !publisher.write(track, makeRun(...packetsOf(packets)))) refused++;
      });
      expect(tracks.map(({ codec }) => codec)).toEqual(codecs);
      const starting = new PublishSession({ url: url(`${path}/copy`), tracks });
      await starting.start();
      publisher = starting;
      const original = view(url(path));
      const copy = view(url(`${path}/copy`));
      await Promise.all([original.first, copy.first]);
      expect(await session.closed).toMatchObject({ code: 'CUP_RTSP_CLOSED' });
      expect(refused).toBe(0);
      await publisher.close();
      const [originals, copies] = await Promise.all([original.hashes, copy.hashes]);
      expect(copies).toHaveLength(codecs.length);
      // Two seconds at least of what was pushed: FFmpeg looks at the stream before it begins.
      const least = codecs[0] === 'PCMA' ? 10 : 2 * 25;
      expect(expectCopied(originals[0] ?? [], copies[0] ?? [])).toBeGreaterThan(least);
      if (codecs.length > 1) expect(expectCopied(originals[1] ?? [], copies[1] ?? [])).toBeGreaterThan(10);
    },
    BUDGET,
  );

  test('AV1, which FFmpeg 5.1 does not push: packets made by hand come back byte for byte', async () => {
    const av1: Track = {
      kind: 'video',
      codec: 'AV1',
      payloadType: 96,
      clockRate: 90_000,
      rtpmap: 'AV1/90000',
      control: '',
    };
    const publisher = new PublishSession({ url: url('av1'), tracks: [av1] });
    await publisher.start();
    const received: string[] = [];
    const { session, tracks } = await playWhenThere(url('av1'), (_track, packets) => {
      for (const packet of packetsOf(packets)) received.push(packet.subarray(12).toString('hex'));
    });
    expect(tracks).toMatchObject([{ codec: 'AV1', rtpmap: 'AV1/90000' }]);
    // A sequence header and a frame OBU (W=2, N=1), then frames alone (W=1), marked as whole temporal units.
    const payloads = ['280b0a0b00000042a7bfe460d0804010320212', '10320434'].map((hex) =>
      Buffer.from(hex, 'hex'),
    );
    for (const [index, payload] of payloads.entries()) {
      const header = Buffer.from('80e00000000000000a0b0c0d', 'hex');
      header.writeUInt16BE(index, 2);
      header.writeUInt32BE(index * 3600, 4);
      publisher.write(0, makeRun(Buffer.concat([header, payload])));
    }
    await expect.poll(() => received).toEqual(payloads.map((payload) => payload.toString('hex')));
    await session.close();
    await publisher.close();
  });

  test('a reader stays attached while the publisher has nothing to say for longer than the read time-out', async () => {
    const track: Track = {
      kind: 'audio',
      codec: 'PCMU',
      payloadType: 0,
      clockRate: 8000,
      rtpmap: 'PCMU/8000',
      control: '',
    };
    const publisher = new PublishSession({ url: url('idle'), tracks: [track] });
    await publisher.start();
    let packets = 0;
    const reader = new PlaySession({
      url: url('idle'),
      readTimeoutMs: 20_000,
      events: { onRtp: () => packets++, onRtcp: () => undefined },
    });
    await reader.start();
    // Its readTimeout is 5 s.
    await expect(Promise.race([reader.closed, publisher.closed, after(7_000)])).resolves.toBe('quiet');
    const packet = Buffer.concat([Buffer.from('800000010000000001020304', 'hex'), Buffer.alloc(160)]);
    publisher.write(0, makeRun(packet));
    await expect.poll(() => packets).toBe(1);
    await Promise.all([reader.close(), publisher.close()]);
  });
});

describe.each(['basic', 'digest'] as const)('MediaMTX that wants %s', (authMethod) => {
  const track: Track = {
    kind: 'audio',
    codec: 'PCMU',
    payloadType: 0,
    clockRate: 8000,
    rtpmap: 'PCMU/8000',
    control: '',
  };

  test(
    'lets the credential in, and refuses a wrong one',
    async () => {
      const url = await startServer(authMethod);
      const publisher = new PublishSession({ url: url('cam'), credential: CREDENTIAL, tracks: [track] });
      await publisher.start();
      const events = { onRtp: () => undefined, onRtcp: () => undefined };
      const reader = new PlaySession({ url: url('cam?token=1&x=2'), credential: CREDENTIAL, events });
      expect(await reader.start()).toHaveLength(1);
      const wrong = { ...CREDENTIAL, password: 'wrong' };
      const refusals = [
        new PlaySession({ url: url('cam'), events }).start(),
        new PlaySession({ url: url('cam'), credential: wrong, events }).start(),
        new PublishSession({ url: url('other'), credential: wrong, tracks: [track] }).start(),
      ];
      const refused = { code: 'CUP_RTSP_UNAUTHORIZED', status: 401 };
      await Promise.all(refusals.map((refusal) => expect(refusal).rejects.toMatchObject(refused)));
      await Promise.all([reader.close(), publisher.close()]);
    },
    BUDGET,
  );
});

function after(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('quiet'), ms));
}
