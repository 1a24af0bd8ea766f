import type { Encoding } from '@cupola/protocol';
import type { ObservedWorker } from '../src/topology/observed-worker.ts';
import {
  EMPTY_RECORD,
  formatPlacements,
  parsePlacements,
} from '../src/topology/placement/placement-record.ts';
import { readPlan } from '../src/topology/plan-record.ts';
import { type PoolEvidence, type PoolPlan, planPool } from '../src/topology/pool-plan.ts';
import { buildDemand, buildPool } from './pool-builders.ts';

const PREFIX = 'encoders-pool';
const ENCODING: Encoding = {
  video: {
    codec: 'H264',
    profile: 'Main',
    speed: 'fast',
    height: 360,
    bitrateKbps: 1,
    maxBitrateKbps: 1,
    bufferKbits: 1,
  },
  audio: { codec: 'Copy' },
};

const LEG = { id: 'first', url: 'rtsp://first.test/compressed/yard/dock/a/web' };

/** A pool over time: each step sees what the last one left behind. */
export class PoolStory {
  static readonly prefix = PREFIX;
  plan: PoolPlan | undefined;
  record = EMPTY_RECORD;
  /** By number. */
  workers = new Map<number, Partial<ObservedWorker>>([0, 1, 2].map((index) => [index, {}]));
  demand = ['a', 'b', 'c'].map((name) => buildDemand(`compressed/yard/dock/${name}/web`));
  isLive: PoolEvidence['isLive'] = () => true;
  isTaken: PoolEvidence['isTaken'] = () => false;
  /** Whether the worker's encoder is at work, of a standby. */
  isEncoding = (_path: string, _worker: string) => false;
  isSettled = true;
  hasPlace = true;
  spec: object = {};
  minimumInForce: number | undefined;

  step(replicas = 3): PoolPlan {
    const workers = [...this.workers].map(([index, changes]) => this.#observe(index, changes));
    const { demand, record, isLive, isTaken, isSettled, minimumInForce } = this;
    const hasPlace = this.hasPlace;
    const evidence = { workers, demand, record, isLive, isTaken, isSettled, hasPlace, minimumInForce };
    this.plan = planPool(buildPool({ replicas, ...this.spec }), evidence);
    // As a restarted operator reads it.
    this.record = parsePlacements(PREFIX, formatPlacements(PREFIX, this.plan.record));
    for (const index of this.plan.size.removed) this.workers.delete(index);
    return this.plan;
  }

  /** Who encodes something, by number. */
  encoders(): number[] {
    const placements = [...(this.plan?.placement.placements.values() ?? [])];
    const names = placements.flatMap(({ active }) => active);
    return [...new Set(names.map((name) => Number(name.slice(PREFIX.length + 1))))].sort();
  }

  /** By path, the names of those who have it. */
  encoded(): Map<string, string[]> {
    const placements = [...(this.plan?.placement.placements ?? [])];
    return new Map(placements.map(([path, { active, leaving }]) => [path, [...active, ...leaving]]));
  }

  #observe(index: number, changes: Partial<ObservedWorker>): ObservedWorker {
    const name = `${PREFIX}-${index}`;
    const paths = this.demand.flatMap(({ key }) => {
      const placement = this.plan?.placement.placements.get(key);
      const copies = [...(placement?.active ?? []), ...(placement?.leaving ?? [])];
      const isEncoded = copies.includes(name) || this.plan?.finishing.get(key)?.includes(name);
      const source = { from: 'transcode', input: 'original/yard/dock/a', memoryMiB: 1, encoding: ENCODING };
      if (placement?.standby === name) return [{ path: key, source: { ...source, standbyFor: LEG } }];
      return isEncoded ? [{ path: key, source }] : [];
    });
    const plan = readPlan(
      JSON.stringify({ revision: 1, workload: name, paths, readers: [], openToReaders: false }),
    );
    const flags = {
      isReady: true,
      isHeard: true,
      isLost: false,
      isCordoned: false,
      isRollingOut: false,
      isOutdated: false,
    };
    const encoding = new Set(paths.map(({ path }) => path).filter((path) => this.isEncoding(path, name)));
    return { index, name, node: `n${index}`, ...flags, encoding, ...(plan && { plan }), ...changes };
  }
}
