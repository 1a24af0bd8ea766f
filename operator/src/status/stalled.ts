import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { Problem } from '../topology/problem.ts';
import type { ConditionWord } from './condition-word.ts';

/** More problems than this are counted; a list of hundreds helps nobody. */
const MAX_NAMED = 5;

/** Stalled: something is asked for that cannot be done until a person changes something; what else can, is. */
export function judgeStalled(problems: readonly Problem[]): ConditionWord {
  const [first] = problems;
  if (first === undefined) {
    const message = 'Nothing waits for a person';
    return { type: CONDITIONS.stalled, status: 'False', reason: REASONS.settled, message };
  }
  return {
    type: CONDITIONS.stalled,
    status: 'True',
    reason: first.reason,
    message: describeProblems(problems),
  };
}

/** `field: what is wrong; what to do.`, one after the other. */
export function describeProblems(problems: readonly Problem[]): string {
  const sentences = [...new Set(problems.map(describeProblem))];
  const rest = sentences.length - MAX_NAMED;
  return sentences.slice(0, MAX_NAMED).join(' ') + (rest > 0 ? ` And ${rest} more.` : '');
}

function describeProblem({ field, message, remedy }: Problem): string {
  return `${field}: ${message}; ${remedy}.`;
}
