import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { Problem } from '../topology/problem.ts';
import type { ConditionWord } from './condition-word.ts';
import type { Pending } from './pending.ts';

/** Reconciling: it is getting there by itself. Never together with Stalled, as kstatus wants it. */
export function judgeReconciling(problems: readonly Problem[], pending: readonly Pending[]): ConditionWord {
  const type = CONDITIONS.reconciling;
  const [first] = pending;
  if (first === undefined || problems.length > 0) {
    return { type, status: 'False', reason: REASONS.settled, message: 'Nothing is being changed' };
  }
  return { type, status: 'True', reason: first.reason, message: first.message };
}
