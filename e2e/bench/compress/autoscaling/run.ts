/**
 * A pool that its autoscaler sizes, under cameras that come one after the other and go again.
 *
 *     cameras   0  1  2  3 . . . . 3  2  1 . . . 0
 *     workers   1  2 . . . . . 3 . . . . . . 2 . . . 1
 *
 * The second worker comes with the first rendition, whose standby it is; the third because of the load.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../../cluster/api-client.ts';
import { say } from '../../../cluster/progress.ts';
import { FRAMES_PER_SECOND } from '../../../peers/camera-settings.ts';
import type { SimulatedCamera } from '../../../peers/simulated-camera.ts';
import { BUDGETS } from '../../../stage/budgets.ts';
import { findRendition, type LiveSite } from '../../../stage/live-site.ts';
import { Stage } from '../../../stage/stage.ts';
import { longestInterval, measureSessions } from '../../fault-ground/playing.ts';
import type { PlayerRecord } from '../../fault-ground/recording.ts';
import { Viewers } from '../../fault-ground/viewers.ts';
import { measureNumbered, type NumberedFigures } from '../faults/numbered-figures.ts';
import { type PoolMoment, PoolWatch } from './pool-watch.ts';
import type { Moment } from './series.ts';

const NAMESPACE = 'bench-autoscaling';
const POOL = 'encoders';
const SITE = 'quay';
const PROFILE = 'low';
const CAMERAS = ['gate', 'pier', 'yard'];
const MOST_WORKERS = 3;

/**
 * Of the workers' requests. Below what the operator itself counts with (80 %), by far: it must be the load that asks for
 * the third worker, and not the operator's estimate of renditions that are new.
 */
export const TARGET_PERCENT = 35;

const POOL_SPEC = {
  redundancy: 'Warm',
  autoscaling: {
    mode: 'Automatic',
    ...{ minReplicas: 1, maxReplicas: MOST_WORKERS, cpuPercent: TARGET_PERCENT },
    behavior: { scaleDown: { stabilizationWindowSeconds: 15 } },
  },
  resources: { agent: { requests: { cpu: '300m', memory: '512Mi' } } },
};
const VIDEO = {
  ...{ height: 270, framesPerSecond: FRAMES_PER_SECOND, bitrateKbps: 800, keyFrameSeconds: 2 },
  speed: 'veryfast',
};

const FRAME_INTERVAL_MS = 1_000 / FRAMES_PER_SECOND;
const MOMENT_MS = 1_000;
/** Between one camera and the next: metrics-server looks every 10 s, and takes two looks for a figure. */
const STEP_MS = 20_000;
/** A viewer's own beginning is none of the pool's doing. */
const BEGINNING_MS = 2_000;
/** The longest that the autoscaler may take, with all that it waits for. */
const SCALE_BUDGET_MS = 180_000;

export interface ViewerFigures extends NumberedFigures {
  readonly camera: string;
  readonly disconnects: number;
}

interface Watched {
  readonly camera: SimulatedCamera;
  readonly viewers: Viewers;
  readonly sinceMs: number;
}

export class AutoscalingRun {
  readonly moments: Moment[] = [];
  readonly figures: ViewerFigures[] = [];
  readonly #stage: Stage;
  readonly #api: ApiClient;
  readonly #watch: PoolWatch;
  readonly #folder: string;
  readonly #watched = new Map<string, Watched>();
  readonly #over = new AbortController();

  static async open(): Promise<AutoscalingRun> {
    const stage = await Stage.open(NAMESPACE);
    const folder = await mkdtemp(path.join(tmpdir(), 'cupola-autoscaling-'));
    return new AutoscalingRun(stage, await stage.cluster.openApi(), folder);
  }

  private constructor(stage: Stage, api: ApiClient, folder: string) {
    this.#stage = stage;
    this.#api = api;
    this.#folder = folder;
    this.#watch = new PoolWatch(api, NAMESPACE, POOL);
  }

  async measure(): Promise<void> {
    const metadata = { name: POOL, namespace: NAMESPACE };
    await this.#stage.kubectl.apply([
      { apiVersion: 'cupola.dev/v1alpha1', kind: 'CompressorPool', metadata, spec: POOL_SPEC },
    ]);
    await this.#untilPool('one worker', ({ ready }) => ready === 1);
    const sampling = this.#sample();
    try {
      await this.#growAndShrink();
    } finally {
      this.#over.abort();
      await sampling;
    }
  }

  async close(): Promise<void> {
    this.#over.abort();
    await Promise.all([...this.#watched.values()].map(({ viewers }) => viewers.close()));
    this.#api.close();
    await this.#stage.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #growAndShrink(): Promise<void> {
    for (const camera of CAMERAS) {
      await this.#add(camera);
      await delay(STEP_MS);
    }
    await this.#untilPool('the most workers', ({ ready }) => ready === MOST_WORKERS);
    await delay(STEP_MS);
    for (const camera of CAMERAS.toReversed().slice(0, -1)) {
      await this.#remove(camera);
      await delay(STEP_MS);
    }
    await this.#untilPool('a worker fewer', ({ workers }) => workers < MOST_WORKERS);
    await delay(STEP_MS);
    await this.#remove(CAMERAS[0] ?? '');
    await this.#untilPool('one worker', ({ workers }) => workers === 1);
    // The end is to be seen too.
    await delay(3 * MOMENT_MS);
  }

  async #add(name: string): Promise<void> {
    say(`${name} comes`);
    const names = [...this.#watched.keys(), name];
    const addressed = await this.#applySite(names);
    const camera = await this.#stage.startPushing(addressed, name, { numbered: { encoders: 1 } });
    const site = await this.#stage.untilSite(SITE, `${name} encoded`, BUDGETS.healed, (live) => {
      const rendition = findRendition(live, name, PROFILE);
      return rendition?.state === 'Encoding' && rendition.urls?.rtsp !== undefined;
    });
    const url = findRendition(site, name, PROFILE)?.urls?.rtsp ?? '';
    const player = { url, ...(await this.#stage.viewerLogin()), isNumbered: true };
    const file = path.join(this.#folder, `${name}.json`);
    const settings = { players: [player], connectors: [] };
    const viewers = await Viewers.start(settings, file, this.#stage.outside.netns);
    await viewers.allPlay(2 * FRAMES_PER_SECOND, BUDGETS.picture);
    this.#watched.set(name, { camera, viewers, sinceMs: now() + BEGINNING_MS });
  }

  async #remove(name: string): Promise<void> {
    say(`${name} goes`);
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    this.#watched.delete(name);
    this.figures.push(measureViewer(name, watched));
    await watched.viewers.close();
    if (this.#watched.size > 0) await this.#applySite([...this.#watched.keys()]);
    else await this.#stage.kubectl.run(['-n', NAMESPACE, 'delete', `sites.cupola.dev/${SITE}`]);
    await watched.camera.stop();
  }

  #applySite(names: readonly string[]): Promise<LiveSite> {
    const cameras = names.map((name) => ({ name, push: {} }));
    const profiles = [{ name: PROFILE, video: VIDEO, audio: { codec: 'None' } }];
    return this.#stage.applySite(SITE, cameras, { poolRef: { name: POOL }, compression: { profiles } });
  }

  /** A moment a second, until the run is over. */
  async #sample(): Promise<void> {
    const beganMs = now();
    let sinceMs = beganMs;
    while (!this.#over.signal.aborted) {
      // What the API server does not tell in time is not known.
      const pool = await this.#watch.look().catch(() => undefined);
      const untilMs = now();
      const frozen = [...this.#watched.values()].map(({ viewers: { players } }) =>
        measureFreeze(players[0], sinceMs, untilMs),
      );
      const frozenMs = Math.round(Math.max(0, ...frozen));
      const cameras = this.#watched.size;
      if (pool !== undefined)
        this.moments.push({ atMs: Math.round(untilMs - beganMs), cameras, ...pool, frozenMs });
      sinceMs = untilMs;
      await delay(MOMENT_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }

  async #untilPool(what: string, isReached: (pool: PoolMoment) => boolean): Promise<void> {
    const endMs = now() + SCALE_BUDGET_MS;
    for (;;) {
      const pool = await this.#watch.look().catch(() => undefined);
      if (pool !== undefined && isReached(pool)) return;
      if (now() > endMs)
        throw new Error(`${what}: not within ${SCALE_BUDGET_MS} ms; last: ${JSON.stringify(pool)}`);
      await delay(MOMENT_MS);
    }
  }
}

function measureViewer(camera: string, { viewers: { players }, sinceMs }: Watched): ViewerFigures {
  const [record = { hashes: [], atMs: [], sessions: [] }] = players;
  const window = { faultMs: sinceMs, endMs: now() };
  return {
    camera,
    ...measureNumbered(record, window),
    disconnects: measureSessions(record, window).disconnects,
  };
}

/** One that goes on counts too. */
function measureFreeze(record: PlayerRecord | undefined, sinceMs: number, untilMs: number): number {
  if (record === undefined) return 0;
  const ended = longestInterval(record, { faultMs: sinceMs, endMs: untilMs });
  return Math.max(ended, untilMs - (record.atMs.at(-1) ?? untilMs)) - FRAME_INTERVAL_MS;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
