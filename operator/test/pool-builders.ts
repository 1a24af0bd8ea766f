/** Workers and renditions for tests of placement, each with what the test is about and defaults else. */
import { compressorPoolSpecSchema } from '../src/api/compressor-pool.ts';
import type { PlacementInput, PoolWorker, RenditionDemand } from '../src/topology/placement/pool.ts';
import type { Pool } from '../src/topology/tiers.ts';

export function buildPool(spec: object = {}): Pool {
  return {
    namespace: 'yard',
    name: 'encoders',
    uid: 'pool-yard-encoders',
    spec: compressorPoolSpecSchema.parse(spec),
  };
}

/** `w0`, `w1`, ... on `nodes` nodes in turn, or each on its own. */
export function buildWorkers(count: number, changes: Partial<PoolWorker> = {}, nodes = count): PoolWorker[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `w${index}`,
    node: `n${index % nodes}`,
    isReady: true,
    isLeaving: false,
    slots: 8,
    cores: 4,
    ...changes,
  }));
}

export function buildDemand(key: string, changes: Partial<RenditionDemand> = {}): RenditionDemand {
  return { key, redundancy: 'Warm', priority: 0, sinceMs: 0, cores: 0.2, networkBps: 10_000_000, ...changes };
}

export function buildPlacementInput(changes: Partial<PlacementInput>): PlacementInput {
  return {
    workers: [],
    renditions: [],
    previous: new Map(),
    lingering: new Map(),
    isLive: () => true,
    standbyShare: 0.2,
    targetUse: 0.7,
    areCostsKnown: true,
    ...changes,
  };
}
