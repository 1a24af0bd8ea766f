import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { Problem } from '../topology/problem.ts';
import type { ConditionWord } from './condition-word.ts';
import type { Pending } from './pending.ts';
import { describeProblems } from './stalled.ts';

/**
 * Ready: all that the object asks for is in force. It says nothing of cameras being online, nor of redundancy:
 * a tier with one side left is ready.
 */
export function judgeReady(
  problems: readonly Problem[],
  pending: readonly Pending[],
  message: string,
): ConditionWord {
  const type = CONDITIONS.ready;
  const [problem] = problems;
  if (problem !== undefined) {
    return { type, status: 'False', reason: problem.reason, message: describeProblems(problems) };
  }
  const [first] = pending;
  if (first === undefined) return { type, status: 'True', reason: REASONS.ready, message };
  return { type, status: 'False', reason: first.reason, message: first.message };
}
