/**
 * A worker's media pod, and FFmpeg by hand with the very arguments that the agent gave it, at the same time on the same
 * cameras: so that what else the machine does meets both alike.
 *
 *     clip -> FFmpeg, copying -> MediaMTX of the source: a/k, b/k alike
 *                 | both legs                                  | one leg
 *               agent -> FFmpeg -> agent -> MediaMTX         FFmpeg -> MediaMTX
 *                                              | viewer                  | viewer
 */
import type { ChildProcess } from 'node:child_process';
import { getPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type Encoding, type MediaPlan, PORTS } from '@cupola/protocol';
import { say } from '../../../cluster/progress.ts';
import { end, startChild } from '../../../peers/child.ts';
import { RtspPlayer } from '../../../peers/rtsp-player.ts';
import { MediaPod } from '../../processes/media-pod.ts';
import { startOpenMediamtx } from '../../processes/open-mediamtx.ts';
import { readCpuSeconds } from '../../processes/process-cost.ts';
import { CAMERA_FRAMES_PER_SECOND, makeCameraClip, pushClip } from './camera-clip.ts';
import { findEncoders, replaceEnds } from './encoders.ts';
import type { RoundCost } from './figures.ts';

const SOURCE_PORT = 18_554;
const BARE_PORT = 18_555;
const WORKLOAD = 'bench/encoders-pool-0';
const CLIP = '/run/clip.mkv';
/** Encoders look ahead, and code that runs often is compiled: both are as they stay after this. */
const SETTLE_MS = 8_000;
const SILENCE_MS = 20_000;

const ENCODING: Encoding = {
  video: {
    ...{ codec: 'H264', profile: 'Main', speed: 'veryfast', height: 720 },
    framesPerSecond: CAMERA_FRAMES_PER_SECOND,
    ...{ bitrateKbps: 1_500, maxBitrateKbps: 2_250, bufferKbits: 2_250 },
  },
  audio: { codec: 'None' },
};

export interface CostRunOptions {
  readonly root: string;
  /** The agent's bundle. */
  readonly program: string;
  readonly renditions: number;
  /** How long each round is watched. */
  readonly seconds: number;
}

/** Groups of processes by name. */
type Groups<N extends string> = Readonly<Record<N, readonly number[]>>;

export class CostRun {
  readonly #options: CostRunOptions;
  readonly #cameras: readonly number[];
  #source: ChildProcess[] = [];
  /** Of what is watched now. */
  #open: (() => unknown)[] = [];

  constructor(options: CostRunOptions) {
    this.#options = options;
    this.#cameras = Array.from({ length: options.renditions }, (_, index) => index);
  }

  async start(): Promise<void> {
    say('encoding what the cameras send');
    await makeCameraClip(CLIP);
    this.#source.push(await startOpenMediamtx(SOURCE_PORT, { all_others: {} }, '/run/source.yml'));
    for (const camera of this.#cameras) {
      const urls = [sourceUrl('a', camera), sourceUrl('b', camera)];
      this.#source.push(startChild('ffmpeg', pushClip(CLIP, urls), { stdio: 'ignore' }));
    }
  }

  async close(): Promise<void> {
    await this.#endSystems();
    await Promise.all(this.#source.splice(0).map((child) => end(child)));
  }

  async measureRound(): Promise<RoundCost> {
    const { program, root } = this.#options;
    const paths = this.#cameras.flatMap(planRendition);
    const pod = await MediaPod.start({ root, program, paths, workload: WORKLOAD, protocols: ['RTSP'] });
    this.#open.push(() => pod.close());
    try {
      const encoders = await findEncoders(pod.agent.pid ?? 0);
      const bare = await this.#startBare(encoders);
      return await this.#watch({
        ...{ agent: [pod.agent.pid ?? 0], encoders: [...encoders.keys()], mediamtx: [pod.mediamtx.pid ?? 0] },
        ...bare,
      });
    } catch (error) {
      const told = pod.takeLines().filter((line) => line.startsWith('{'));
      throw new Error(`The worker: ${told.join(' ')}`, { cause: error });
    } finally {
      await this.#endSystems();
    }
  }

  /** @param encoders the agent's, one a camera; the others have their arguments, and their priority */
  async #startBare(encoders: ReadonlyMap<number, string[]>): Promise<Groups<'ffmpeg' | 'bareMediamtx'>> {
    const mediamtx = await startOpenMediamtx(BARE_PORT, { all_others: {} }, '/run/bare.yml');
    this.#open.push(() => end(mediamtx));
    const ffmpeg = [...encoders].map(([pid, words], camera) => {
      const command = replaceEnds(words, sourceUrl('a', camera), renditionUrl(BARE_PORT, camera));
      const child = startChild('nice', ['-n', String(getPriority(pid)), ...command], { stdio: 'ignore' });
      this.#open.push(() => end(child));
      return child.pid ?? 0;
    });
    return { ffmpeg, bareMediamtx: [mediamtx.pid ?? 0] };
  }

  /** Watches the groups of processes while each rendition has a viewer. */
  async #watch(groups: Groups<keyof RoundCost['cores']>): Promise<RoundCost> {
    const view = (port: number) => this.#cameras.map((camera) => this.#view(renditionUrl(port, camera)));
    const [worker, bare] = [view(PORTS.rtsp), view(BARE_PORT)];
    await delay(SETTLE_MS);
    const beganMs = performance.now();
    const seenBefore = [...worker, ...bare].map(({ count }) => count);
    const before = await readGroups(groups);
    await delay(this.#options.seconds * 1_000);
    const after = await readGroups(groups);
    const seconds = (performance.now() - beganMs) / 1_000;
    const rates = [...worker, ...bare].map(
      ({ count }, index) => (count - (seenBefore[index] ?? 0)) / seconds,
    );
    const round = {
      cores: mapNames(groups, (name) => (after[name] - before[name]) / seconds),
      framesPerSecond: Math.min(...rates.slice(0, worker.length)),
      bareFramesPerSecond: Math.min(...rates.slice(worker.length)),
    };
    const told = Object.entries(round.cores).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    say(`${told.join(', ')} cores; ${rates.map((rate) => rate.toFixed(1)).join(', ')} pictures a second`);
    return round;
  }

  /** Plays without end, from when the stream is there. */
  #view(url: string): { count: number } {
    const seen = { count: 0 };
    let player: RtspPlayer | undefined;
    let retry: NodeJS.Timeout | undefined;
    const connect = () => {
      player = new RtspPlayer({ url, user: 'anybody', password: 'none' }, SILENCE_MS, {
        onPicture: () => {
          seen.count += 1;
        },
        onEnd: () => {
          retry = setTimeout(connect, 200);
        },
      });
    };
    connect();
    this.#open.push(() => {
      clearTimeout(retry);
      player?.close();
    });
    return seen;
  }

  /** Viewers first: they would only come again. */
  async #endSystems(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close();
  }
}

/** Seconds of CPU that each group has used so far. */
async function readGroups<N extends string>(groups: Groups<N>): Promise<Record<N, number>> {
  const pids = Object.values<readonly number[]>(groups).flat();
  const used = new Map(await Promise.all(pids.map(async (pid) => [pid, await readCpuSeconds(pid)] as const)));
  return mapNames(groups, (name) => groups[name].reduce((sum, pid) => sum + (used.get(pid) ?? 0), 0));
}

function mapNames<N extends string>(groups: Groups<N>, read: (name: N) => number): Record<N, number> {
  const names = Object.keys(groups) as N[];
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<N, number>;
}

function planRendition(camera: number): MediaPlan['paths'] {
  const original = `original/bench/site/camera-${camera}`;
  const legs = [
    { id: 'primary', url: sourceUrl('a', camera) },
    { id: 'backup', url: sourceUrl('b', camera) },
  ];
  return [
    { path: original, source: { from: 'legs', legs, forEncodersOnly: true } },
    {
      path: renditionPath(camera),
      source: { from: 'transcode', input: original, encoding: ENCODING, memoryMiB: 1_024 },
    },
  ];
}

function sourceUrl(leg: 'a' | 'b', camera: number): string {
  return `rtsp://127.0.0.1:${SOURCE_PORT}/${leg}/${camera}`;
}

function renditionUrl(port: number, camera: number): string {
  return `rtsp://127.0.0.1:${port}/${renditionPath(camera)}`;
}

function renditionPath(camera: number): string {
  return `compressed/bench/site/camera-${camera}/720p15`;
}
