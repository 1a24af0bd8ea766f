import path from 'node:path';
import type { Redundancy } from '../../../../operator/src/api/compression.ts';
import { LABELS, SIDES, type Side } from '../../../../operator/src/api/labels.ts';
import type { SimulatedCamera } from '../../../peers/simulated-camera.ts';
import { BUDGETS } from '../../../stage/budgets.ts';
import type { LiveWorker } from '../../../stage/live-pool.ts';
import { findCamera, findRendition, type LiveSite } from '../../../stage/live-site.ts';
import { Stage } from '../../../stage/stage.ts';
import { switchSide } from '../../fault-ground/active-side.ts';
import { Operators } from '../../fault-ground/operators.ts';
import { Placement } from '../../fault-ground/placement.ts';
import { findPod } from '../../fault-ground/pods.ts';
import type { BenchSite } from '../../fault-ground/site.ts';
import type { PlayerSettings } from '../../fault-ground/viewers.ts';
import { RENDITIONS } from './renditions.ts';
import { POOL, WorkerPool } from './worker-pool.ts';

const NAMESPACE = 'bench-compress';
const SITE = 'quay';
const PROFILE = 'low';
/** The camera whose original is read too. */
const CONTROL = 'warm';
const CONTAINERS = ['agent', 'mediamtx'];
const TIERS = { factory: `${SITE}-factory-0`, relay: 'relay-relay-0' } as const;

/** Of the camera's own size: its numbers are read as they are. */
const VIDEO = {
  ...{ height: 270, framesPerSecond: 25, bitrateKbps: 800, keyFrameSeconds: 2 },
  speed: 'ultrafast',
};
const PROFILES = [{ name: PROFILE, video: VIDEO, audio: { codec: 'None' } }];

/**
 * One Site with a factory and a relay, a pool of two workers, and the cameras. What is struck is the worker that is shown;
 * viewers are at the relay's side on the other node, since the loss of a relay is another bench's.
 *
 *     media-1   factory primary   relay backup    a worker   operator
 *     media-2   factory backup    relay primary   a worker   operator
 *     edge      cameras and viewers enter here
 */
export class CompressGround {
  readonly stage: Stage;
  readonly pool: WorkerPool;
  readonly placement: Placement;
  readonly operators: Operators;
  readonly cameras = new Map<string, SimulatedCamera>();
  readonly folder: string;
  readonly #homes: Readonly<Record<keyof typeof TIERS, Readonly<Record<Side, string>>>>;
  readonly #nodes: readonly string[];
  #site: LiveSite | undefined;
  #shown: LiveWorker | undefined;

  static async open({ cluster, kubectl }: BenchSite, folder: string): Promise<CompressGround> {
    const nodes = cluster.plan.nodes.filter(({ role }) => role === 'media').map(({ name }) => name);
    const stage = await Stage.open(NAMESPACE);
    const placement = new Placement(kubectl, nodes);
    const operators = new Operators(cluster, kubectl, placement, nodes);
    return new CompressGround(stage, placement, operators, nodes, folder);
  }

  private constructor(
    stage: Stage,
    placement: Placement,
    operators: Operators,
    nodes: readonly string[],
    folder: string,
  ) {
    this.stage = stage;
    this.placement = placement;
    this.operators = operators;
    this.folder = folder;
    this.pool = new WorkerPool(stage.kubectl, NAMESPACE);
    const [one = '', two = ''] = nodes;
    this.#nodes = nodes;
    this.#homes = { factory: { primary: one, backup: two }, relay: { primary: two, backup: one } };
  }

  async build(): Promise<void> {
    await this.placement.uncordonAll();
    await this.pool.apply();
    await this.#applySite(PROFILES);
    for (const { name, gop } of RENDITIONS) {
      const make = { gop, numbered: { encoders: 1 } } as const;
      this.cameras.set(name, await this.stage.startPushing(this.site, name, make));
    }
    await this.#untilEncoded(1);
  }

  close(): Promise<void> {
    return this.stage.close();
  }

  /** Every pod on its node and ready, both operators there, one worker shown for all renditions, the other beside it. */
  async goHome(): Promise<void> {
    await this.placement.uncordonAll();
    await this.operators.restore();
    for (const tier of ['factory', 'relay'] as const) {
      for (const side of SIDES) {
        const selector = `${LABELS.workload}=${TIERS[tier]}-${side}`;
        await this.placement.keepAt(NAMESPACE, selector, this.#homes[tier][side]);
      }
    }
    await Promise.all([...this.cameras.values()].map((camera) => camera.accepted(BUDGETS.healed)));
    this.#shown = await this.#gather();
    await this.makeWhole();
    await this.#keepViewersFrom(this.shownNode);
  }

  /**
   * Leaves one worker, which then is shown for every rendition and stays so when another comes beside it. A worker with
   * the second copy of a Hot rendition would not go: all are Warm meanwhile.
   */
  async #gather(): Promise<LiveWorker> {
    await this.#applySite(PROFILES, 'Warm');
    const [worker] = await this.pool.scaleTo(1);
    if (worker === undefined) throw new Error('The pool has no worker.');
    await this.#untilEncoded(1);
    await this.#applySite(PROFILES);
    return worker;
  }

  /** Both workers there again, and all renditions at both. */
  async makeWhole(): Promise<void> {
    await this.placement.uncordonAll();
    await this.operators.restore();
    await this.pool.scaleTo(2);
    await this.#untilEncoded(2);
  }

  /** Renditions placed anew on so many workers, so that each is shown for some. */
  async spread(workers: number): Promise<void> {
    await this.pool.scaleTo(workers);
    await this.#applySite([]);
    await this.stage.untilSite(SITE, 'no rendition', BUDGETS.healed, (site) =>
      RENDITIONS.every(({ name }) => findRendition(site, name, PROFILE) === undefined),
    );
    await this.#applySite(PROFILES);
    await this.#untilEncoded(2);
  }

  /** The renditions that one of these workers encodes, a standby aside; by the last look at the Site. */
  listEncodedBy(workers: readonly string[]): string[] {
    return RENDITIONS.filter(({ name, redundancy }) => {
      const named = findRendition(this.site, name, PROFILE)?.workers ?? [];
      return named.slice(0, redundancy === 'Hot' ? 2 : 1).some((worker) => workers.includes(worker));
    }).map(({ name }) => name);
  }

  /** The node of the worker that is shown. */
  get shownNode(): string {
    return this.#shown?.node ?? '';
  }

  get otherNode(): string {
    return this.#nodes.find((name) => name !== this.shownNode) ?? '';
  }

  /** The process ids of all containers of the worker that is shown. */
  async shownProcesses(): Promise<number[]> {
    const { kubectl, cluster } = this.stage;
    const selector = `${LABELS.workload}=${this.#shown?.name}`;
    const { metadata } = await findPod(kubectl, NAMESPACE, selector);
    const pids = CONTAINERS.map((container) =>
      cluster.processesOf({ namespace: NAMESPACE, pod: metadata.name, container }),
    );
    return (await Promise.all(pids)).flat();
  }

  /** A viewer a rendition, in their order. */
  async viewers(): Promise<PlayerSettings[]> {
    const login = await this.stage.viewerLogin();
    return RENDITIONS.map(({ name }) => {
      const url = findRendition(this.site, name, PROFILE)?.urls?.rtsp ?? '';
      return { url, ...login, isNumbered: true };
    });
  }

  /** Plays the original of one of the cameras at the same relay. */
  async controlViewer(): Promise<PlayerSettings> {
    const url = findCamera(this.site, CONTROL)?.urls?.rtsp ?? '';
    return { url, ...(await this.stage.viewerLogin()) };
  }

  get controlCamera(): SimulatedCamera {
    const camera = this.cameras.get(CONTROL);
    if (camera === undefined) throw new Error('The cameras do not run.');
    return camera;
  }

  get viewersFile(): string {
    return path.join(this.folder, 'viewers.json');
  }

  get site(): LiveSite {
    if (this.#site === undefined) throw new Error('The Site is not applied.');
    return this.#site;
  }

  async #applySite(profiles: readonly object[], all?: Redundancy): Promise<void> {
    const cameras = RENDITIONS.map(({ name, redundancy }) => ({
      name,
      push: {},
      compression: { redundancy: all ?? redundancy },
    }));
    const renditions = { poolRef: { name: POOL }, compression: { profiles } };
    this.#site = await this.stage.applySite(SITE, cameras, renditions);
  }

  /** Each rendition served, and so many workers named for it. */
  async #untilEncoded(workers: number): Promise<void> {
    const what = `every rendition at ${workers} workers`;
    this.#site = await this.stage.untilSite(SITE, what, BUDGETS.healed * 2, (site) =>
      RENDITIONS.every(({ name }) => {
        const rendition = findRendition(site, name, PROFILE);
        return (
          rendition?.state === 'Encoding' &&
          rendition.workers?.length === workers &&
          rendition.urls?.rtsp !== undefined
        );
      }),
    );
  }

  async #keepViewersFrom(node: string): Promise<void> {
    const side = SIDES.find((one) => this.#homes.relay[one] !== node) ?? 'primary';
    const object = 'masterrelays.cupola.dev/relay';
    await switchSide(this.stage.kubectl, { namespace: NAMESPACE, object, service: TIERS.relay }, side);
  }
}
