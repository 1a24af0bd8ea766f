/**
 * The systems in turn, on the same streams of the same MediaMTX.
 *
 *     feeder -> MediaMTX (source; or a light one): a/k, b/k alike; c/k another encoding
 *                 | two legs a camera                      | one leg a camera         | two legs a camera
 *               agent -> MediaMTX of the relay             MediaMTX -> viewers        floor -> drain
 *                               ^ probes                     ^ probes
 */
import type { ChildProcess } from 'node:child_process';
import { type MediaPlan, PORTS } from '@cupola/protocol';
import { say } from '../../cluster/progress.ts';
import { end } from '../../peers/child.ts';
import { MediaPod } from '../processes/media-pod.ts';
import { startOpenMediamtx } from '../processes/open-mediamtx.ts';
import { DelayProbe } from './delay-probe.ts';
import type { DrainSettings } from './drain-main.ts';
import type { FeederSettings } from './feeder-main.ts';
import type { FloorSettings } from './floor-main.ts';
import { type GcFigures, readGcTrace } from './gc-trace.ts';
import type { Load } from './load.ts';
import { type Measured, measure } from './measure.ts';
import { startPeer } from './peer-process.ts';
import type { SourceSettings } from './source-main.ts';

const SOURCE_PORT = 18_554;
const OUTLET_PORT = 18_555;
/** Different streams at the source; several cameras of the relay play the same one. */
const STREAMS = 10;
/** Cameras that are watched before and after. */
const PROBES = 4;
const WORKLOAD = 'bench/relay-0-primary';
const PROTOCOLS = ['RTSP', 'HLS', 'WebRTC', 'SRT'];

export interface AgentMeasured extends Measured {
  readonly gc: GcFigures;
}

export interface MergeRunOptions {
  readonly root: string;
  /** The agent's bundle. */
  readonly program: string;
  readonly load: Load;
  /** How long each measurement takes. */
  readonly seconds: number;
}

/** One load: its source, and what is measured on it. */
export class MergeRun {
  readonly #options: MergeRunOptions;
  #source: ChildProcess[] = [];
  /** Of the system under test: ended before the next. */
  #open: (() => Promise<unknown>)[] = [];

  constructor(options: MergeRunOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const mediamtx = await startOpenMediamtx(SOURCE_PORT, { all_others: {} }, '/run/source.yml');
    this.#source.push(mediamtx);
    const streams = Array.from({ length: STREAMS }, (_, index) => index);
    const settings: FeederSettings = {
      load: this.#options.load,
      streams: [
        ...streams.map((index) => [sourceUrl('a', index), sourceUrl('b', index)]),
        ...streams.map((index) => [sourceUrl('c', index)]),
      ],
    };
    this.#source.push(await startPeer('feeder', settings));
  }

  /**
   * From here on the streams come from a source that costs little, in place of MediaMTX: so that a machine that is small
   * has enough left for what many cameras need.
   */
  async useLightSource(): Promise<void> {
    await this.close();
    const streams = Array.from({ length: STREAMS }, (_, index) => [
      sourcePath('a', index),
      sourcePath('b', index),
    ]);
    const settings: SourceSettings = { load: this.#options.load, port: SOURCE_PORT, streams };
    this.#source.push(await startPeer('source', settings));
  }

  async close(): Promise<void> {
    await this.#endSystem();
    await Promise.all(this.#source.splice(0).map((child) => end(child)));
  }

  /** The agent with so many cameras, whose second legs are copies of the first or other encodings. */
  async measureAgent(cameras: number, second: 'b' | 'c'): Promise<AgentMeasured> {
    const { root, program, load } = this.#options;
    const paths = Array.from({ length: cameras }, (_, index) => planPath(index, second));
    return this.#as(`agent, ${cameras} cameras of ${load.name}`, async () => {
      const pod = await MediaPod.start({ root, program, paths, workload: WORKLOAD, protocols: PROTOCOLS });
      this.#open.push(() => pod.close());
      const measured = await this.#measure(pod.agent, {
        probes: await this.#probe((probe, index) => probe.watchOutput(relayUrl(index))),
        others: { relayMediamtx: pod.mediamtx },
        onBegin: () => pod.takeLines(),
      });
      return { ...measured, gc: readGcTrace(pod.takeLines()) };
    });
  }

  /** MediaMTX with a static source and one viewer a camera. */
  async measureMediamtx(cameras: number): Promise<Measured> {
    return this.#as(`MediaMTX, ${cameras} cameras of ${this.#options.load.name}`, async () => {
      const indexes = Array.from({ length: cameras }, (_, index) => index);
      const paths = Object.fromEntries(
        indexes.map((index) => [pathOf(index), { source: sourceUrl('a', index), rtspTransport: 'tcp' }]),
      );
      const mediamtx = await startOpenMediamtx(PORTS.rtsp, paths, '/run/relay.yml');
      this.#open.push(() => end(mediamtx));
      const viewers = await this.#startPeer<DrainSettings>('drain', {
        port: OUTLET_PORT,
        play: indexes.map(relayUrl),
      });
      const probes = await this.#probe((probe, index) => probe.watchOutput(relayUrl(index)));
      return this.#measure(mediamtx, { probes, others: { viewers } });
    });
  }

  async measureFloor(cameras: number): Promise<Measured> {
    return this.#as(`floor, ${cameras} cameras of ${this.#options.load.name}`, async () => {
      const drain = await this.#startPeer<DrainSettings>('drain', { port: OUTLET_PORT, play: [] });
      const probes = await this.#probe((probe, index) => probe.listenForOutput(OUTLET_PORT + 1 + index));
      const floor = await this.#startPeer<FloorSettings>('floor', {
        cameras: Array.from({ length: cameras }, (_, index) => ({
          legs: [sourceUrl('a', index), sourceUrl('b', index)],
          outletPort: index < PROBES ? OUTLET_PORT + 1 + index : OUTLET_PORT,
        })),
      });
      return this.#measure(floor, { probes, others: { drain } });
    });
  }

  async #as<M extends Measured>(what: string, work: () => Promise<M>): Promise<M> {
    try {
      const measured = await work();
      say(`${what}: ${describe(measured)}`);
      return measured;
    } finally {
      await this.#endSystem();
    }
  }

  async #startPeer<S extends object>(name: string, settings: S): Promise<ChildProcess> {
    const child = await startPeer(name, settings);
    this.#open.push(() => end(child));
    return child;
  }

  async #probe(openOutput: (probe: DelayProbe, index: number) => Promise<void>): Promise<DelayProbe[]> {
    const probes: DelayProbe[] = [];
    for (let index = 0; index < PROBES; index++) {
      const probe = new DelayProbe();
      this.#open.push(async () => probe.close());
      await probe.watchLegs([sourceUrl('a', index), sourceUrl('b', index)]);
      await openOutput(probe, index);
      probes.push(probe);
    }
    return probes;
  }

  #measure(
    child: ChildProcess,
    more: { probes: DelayProbe[]; others: Record<string, ChildProcess>; onBegin?: () => void },
  ): Promise<Measured> {
    const [source, feeder] = this.#source;
    const others = { source, ...(feeder === undefined ? {} : { feeder }), ...more.others };
    return measure(
      {
        ...more,
        pid: child.pid ?? 0,
        others: Object.fromEntries(Object.entries(others).map(([name, each]) => [name, each?.pid ?? 0])),
      },
      this.#options.seconds,
    );
  }

  async #endSystem(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((close) => close()));
  }
}

function sourceUrl(leg: 'a' | 'b' | 'c', camera: number): string {
  return `rtsp://127.0.0.1:${SOURCE_PORT}/${sourcePath(leg, camera)}`;
}

function sourcePath(leg: 'a' | 'b' | 'c', camera: number): string {
  return `${leg}/${camera % STREAMS}`;
}

function relayUrl(camera: number): string {
  return `rtsp://127.0.0.1:${PORTS.rtsp}/${pathOf(camera)}`;
}

function pathOf(camera: number): string {
  return `original/bench/site/camera-${camera}`;
}

function planPath(camera: number, second: 'b' | 'c'): MediaPlan['paths'][number] {
  const legs = [
    { id: 'primary', url: sourceUrl('a', camera) },
    { id: 'backup', url: sourceUrl(second, camera) },
  ];
  return { path: pathOf(camera), source: { from: 'legs', legs } };
}

function describe({ cores, residentMib, others, lost, idle }: Measured): string {
  const rest = Object.entries(others).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return `${cores.toFixed(3)} cores, ${residentMib.toFixed(0)} MiB, ${lost} lost (${rest.join(', ')}, idle ${idle.toFixed(2)})`;
}
