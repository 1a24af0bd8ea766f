import type { Leg, Reader } from '@cupola/protocol';
import { workerName } from '../topology/names.ts';
import type { PlacementRecord } from '../topology/placement/placement-record.ts';
import type { PoolSize } from '../topology/placement/size-pool.ts';
import type { PlanRecord } from '../topology/plan-record.ts';
import type { Problem } from '../topology/problem.ts';
import type { Pool } from '../topology/tiers.ts';
import type { DesiredObject } from './desired-object.ts';
import type { PodSettings } from './media-tier.ts';
import { narrowReaders } from './narrow-readers.ts';
import { renderPlacementSecret } from './placement-secret.ts';
import { type PlanWriting, renderWorkloadPlan } from './plan-secret.ts';
import { renderPoolAutoscaler } from './pool-autoscaler.ts';
import { renderPoolDisruptionBudget } from './pool-disruption-budget.ts';
import { describePool } from './pool-tier.ts';
import { renderServiceAccount } from './service-account.ts';
import { labelWorker, renderWorkerDeployment, renderWorkerService } from './worker-objects.ts';
import { planWorker, type WorkerRendition } from './worker-plan.ts';

export interface PoolPlanning {
  pool: Pool;
  size: PoolSize;
  renditions: readonly WorkerRendition[];
  record: PlacementRecord;
  /** The autoscaler's least workers. */
  minimum: number;
  /** What workers show to each other. */
  credential: Leg['credential'];
  /** The factories that take the renditions, and the workers themselves. */
  readers: readonly Reader[];
}

export interface PoolSurroundings {
  settings: PodSettings;
  planWriting: PlanWriting;
  /** The plan in force of the worker's workload. */
  findPlan(workload: string): PlanRecord | undefined;
  /** As the pool's placement Secret has them now. */
  placements: string | undefined;
}

export interface PoolRendering {
  /** In the order in which they are to be applied: what a pod needs comes before its Deployment. */
  objects: DesiredObject[];
  problems: Problem[];
}

/** All objects of a pool. Workers that are to be removed are not among them. */
export function renderCompressorPool(planning: PoolPlanning, around: PoolSurroundings): PoolRendering {
  const { pool, size } = planning;
  const tier = describePool(pool);
  const autoscaler = renderPoolAutoscaler(pool, planning.minimum);
  const placements = renderPlacementSecret(tier, planning.record, around.placements);
  const objects = [renderServiceAccount(tier), renderPoolDisruptionBudget(tier)];
  const problems: Problem[] = placements.problem === undefined ? [] : [placements.problem];
  for (const index of [...size.staying, ...size.leaving].sort((a, b) => a - b)) {
    const place = { pool, tier, index };
    const workload = workerName(tier.prefix, index);
    const paths = planWorker({
      namespace: pool.namespace,
      worker: workload,
      memoryMiB: pool.spec.renditionMemoryMiB,
      renditions: planning.renditions,
      credential: planning.credential,
    });
    const content = { paths, readers: narrowReaders(planning.readers, paths), openToReaders: false };
    const { secret, problem } = renderWorkloadPlan(
      { tier, workload, labels: labelWorker(place), what: workload, field: 'spec.renditionsPerWorker' },
      content,
      around.findPlan(workload),
      around.planWriting,
    );
    if (problem !== undefined) problems.push(problem);
    objects.push(secret, renderWorkerService(place), renderWorkerDeployment(place, around.settings));
  }
  // After the plans: factories come for what it says, and are to be let in.
  objects.push(placements.secret);
  if (autoscaler !== undefined) objects.push(autoscaler);
  return { objects, problems };
}
