import type { EncoderState } from '@cupola/protocol';
import { SIDES } from '../api/labels.ts';
import type { WorkloadState } from '../feed/path-states.ts';
import { qualify, tierPrefix, workloadName } from '../topology/names.ts';
import type { PoolRendition } from '../topology/pool-demand.ts';
import type { Pool } from '../topology/tiers.ts';
import type { ReconcileContext } from './context.ts';
import { ZONE } from './observed-pool.ts';
import { findPlan, observeShard } from './observed-tiers.ts';

/** What factories and workers say of the renditions of one pool. */
export class HeardRenditions {
  readonly #context: ReconcileContext;
  readonly #pool: Pool;
  readonly #renditions: ReadonlyMap<string, PoolRendition>;
  readonly #zones = new Map<string, string | undefined>();

  constructor(context: ReconcileContext, pool: Pool, renditions: readonly PoolRendition[]) {
    this.#context = context;
    this.#pool = pool;
    this.#renditions = new Map(renditions.map((each) => [each.rendition.path, each]));
  }

  /**
   * As PlacementInput has it: all sides of the factory that can be asked have the worker's copy, and it is of the worker's
   * own making. A standby hands on what the first worker encodes, and would end with it. What nobody can encode is not
   * waited for.
   */
  isLive(path: string, worker: string): boolean {
    const heard = this.#listSides(path).flatMap(({ paths }) => paths ?? []);
    const original = this.#renditions.get(path)?.rendition.original ?? '';
    if (heard.length === 0) return false;
    if (heard.every((paths) => paths.get(original)?.online !== true)) return true;
    const encoder = this.#findEncoder(path, worker)?.state;
    if (encoder === 'stalled') return !heard.some((paths) => listLive(paths, path).length > 0);
    return encoder === 'encoding' && heard.every((paths) => listLive(paths, path).includes(worker));
  }

  /**
   * Whether a side of the factory plays the rendition from the worker; where it cannot be asked, by its plan. Not before
   * the agents have had the time to connect.
   */
  isTaken(path: string, worker: string): boolean {
    return this.#listSides(path).some(({ workload, paths }) => {
      if (paths !== undefined) return paths.get(path)?.legs?.some(({ id }) => id === worker) === true;
      if (!this.#context.isSettled()) return true;
      const [namespace = '', name = ''] = workload.split('/');
      const source = findPlan(this.#context.caches, namespace, name)?.paths.get(path)?.source;
      return source?.from === 'legs' && source.legs.some(({ id }) => id === worker);
    });
  }

  /**
   * Cores that its encoder uses, or would if it could keep up: one that cannot has too little. Of a worker whose agent is
   * away for a moment, as it said last.
   */
  findUse(path: string, workers: readonly string[]): number | undefined {
    for (const worker of workers) {
      const encoder = this.#hearWorker(worker)?.paths.get(path)?.encoder;
      if (encoder?.state !== 'encoding' || encoder.cores === undefined) continue;
      const { cores, tooSlow, speed = 1 } = encoder;
      return tooSlow && speed > 0 ? cores / speed : cores;
    }
    return undefined;
  }

  findZone({ factory, shard }: PoolRendition): string | undefined {
    const key = `${factory.namespace}/${factory.name}/${shard}`;
    if (!this.#zones.has(key)) {
      const prefix = tierPrefix('CameraFactory', factory.name);
      const observed = observeShard(this.#context, { namespace: factory.namespace, prefix }, shard);
      const node = observed.sides[observed.activeSide].node;
      const labels = node === undefined ? {} : this.#context.caches.Node.get('', node)?.metadata.labels;
      this.#zones.set(key, labels?.[ZONE]);
    }
    return this.#zones.get(key);
  }

  /** Undefined where the worker's agent is not connected. */
  #findEncoder(path: string, worker: string): EncoderState | undefined {
    const heard = this.#hearWorker(worker);
    return heard?.connected === true ? heard.paths.get(path)?.encoder : undefined;
  }

  #hearWorker(worker: string): WorkloadState | undefined {
    return this.#context.states.get(qualify(this.#pool.namespace, worker));
  }

  /** Both sides of the factory; `paths` where its agent is connected and has spoken. */
  #listSides(path: string) {
    const known = this.#renditions.get(path);
    if (known === undefined) return [];
    const prefix = tierPrefix('CameraFactory', known.factory.name);
    return SIDES.map((side) => {
      const workload = qualify(known.factory.namespace, workloadName(prefix, known.shard, side));
      const heard = this.#context.states.get(workload);
      const hasSpoken = heard?.connected === true && heard.paths.size > 0;
      return { workload, paths: hasSpoken ? heard.paths : undefined };
    });
  }
}

/** The workers whose copy is there. */
function listLive(paths: WorkloadState['paths'], path: string): string[] {
  const legs = paths.get(path)?.legs ?? [];
  return legs.filter(({ state }) => state === 'live').map(({ id }) => id);
}
