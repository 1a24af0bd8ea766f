import type { CompressorPoolStatus } from '../api/compressor-pool.ts';
import { REASONS } from '../api/reasons.ts';
import type { ObservedWorker } from '../topology/observed-worker.ts';
import type { PoolPlan } from '../topology/pool-plan.ts';
import type { Problem } from '../topology/problem.ts';
import type { Pool } from '../topology/tiers.ts';
import { judgeCapacity } from './capacity-available.ts';
import { stampConditions } from './condition-word.ts';
import { judgeCovered } from './covered.ts';
import type { Pending } from './pending.ts';
import { judgeReady } from './ready.ts';
import { judgeReconciling } from './reconciling.ts';
import { judgeStalled } from './stalled.ts';
import { describeUpgrade, type UpgradeTurn } from './upgrade-pending.ts';

export interface PoolObservation {
  generation: number;
  previous: CompressorPoolStatus | undefined;
  problems: readonly Problem[];
  pool: Pool;
  plan: PoolPlan;
  /** In an upgrade. */
  turn: UpgradeTurn | undefined;
  /** Those that there are. */
  workers: readonly ObservedWorker[];
  /** How many Sites use it. */
  sites: number;
  /** The workers' pods. */
  selector: string;
}

export function describePoolStatus(
  { generation, previous, problems, pool, plan, turn, workers, sites, selector }: PoolObservation,
  nowMs: number,
): CompressorPoolStatus {
  const { placement, upgrade } = plan;
  const pending = listPending(pool, workers, upgrade.held.size, turn);
  const placements = [...placement.placements.values()];
  const words = [
    judgeReady(problems, pending, `Workers: ${workers.length}`),
    judgeReconciling(problems, pending),
    judgeStalled(problems),
    judgeCovered(placement),
    judgeCapacity(placement, pool.spec.autoscaling.mode),
  ];
  return {
    observedGeneration: generation,
    conditions: stampConditions(words, previous?.conditions, generation, nowMs),
    replicas: workers.length,
    selector,
    workers: workers.toSorted((a, b) => a.index - b.index).map((worker) => describeWorker(worker, plan)),
    sites,
    slots: placement.use.slots,
    assigned: placements.reduce((sum, { active, leaving }) => sum + active.length + leaving.length, 0),
    waiting: placement.waiting.length,
    standbyLeft: Math.max(0, placement.use.slots - placement.use.usedSlots),
    ...(turn && { upgrade: turn.upgrade }),
  };
}

function describeWorker(
  { index, name, isReady, node }: ObservedWorker,
  { placement, leaving }: PoolPlan,
): NonNullable<CompressorPoolStatus['workers']>[number] {
  const placements = [...placement.placements.values()];
  const encodes = placements.filter((each) => each.active.includes(name) || each.leaving.includes(name));
  return {
    name,
    ready: isReady,
    leaving: leaving.has(index),
    ...(node === undefined ? {} : { node }),
    renditions: encodes.length,
    standby: placements.filter(({ standby }) => standby === name).length,
  };
}

function listPending(
  { namespace, name }: Pool,
  workers: readonly ObservedWorker[],
  held: number,
  turn: UpgradeTurn | undefined,
): Pending[] {
  const title = `CompressorPool ${namespace}/${name}`;
  const pending: Pending[] = [];
  if (workers.length > 0 && !workers.some(({ isReady }) => isReady)) {
    const message = `No worker of ${title} has a ready pod yet; if this lasts, kubectl describe its pods`;
    pending.push({ reason: REASONS.podsNotReady, message });
  }
  if (turn?.upgrade.state === 'Waiting') pending.push(describeUpgrade(title, turn));
  else if (held > 0 || workers.some(({ isReady, isRollingOut }) => isReady && isRollingOut)) {
    const wait = held > 0 ? `; ${held} of its workers wait until what they encode is encoded elsewhere` : '';
    pending.push({ reason: REASONS.rollingOut, message: `The pods of ${title} are being replaced${wait}` });
  }
  return pending;
}
