import type { Condition } from '../api/condition.ts';
import type { KubeObject } from '../kube/object.ts';
import { stampConditions } from '../status/condition-word.ts';
import { judgeReady } from '../status/ready.ts';
import { judgeReconciling } from '../status/reconciling.ts';
import { judgeStalled } from '../status/stalled.ts';
import type { Problem } from '../topology/problem.ts';
import { announceStalled } from './announce.ts';
import type { ReconcileContext } from './context.ts';

type Reported = KubeObject & {
  status?: { conditions?: Condition[] | undefined; observedGeneration?: number | undefined };
};

/** Says that a spec cannot be read. What was made of it before stays as it is. */
export async function reportInvalid(
  context: ReconcileContext,
  object: Reported,
  problem: Problem,
): Promise<undefined> {
  const generation = object.metadata.generation ?? 0;
  const words = [judgeReady([problem], [], ''), judgeReconciling([problem], []), judgeStalled([problem])];
  const conditions = stampConditions(words, object.status?.conditions, generation, context.nowMs());
  await context.applier.applyStatus(object, { ...object.status, observedGeneration: generation, conditions });
  announceStalled(context.events, object, conditions);
}
