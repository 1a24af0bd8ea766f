import type { Repeated } from '../../repetitions/schedule.ts';
import { OPERATOR_STATES, type OperatorState } from './sample.ts';

/** What befalls the worker whose encoders are shown, and in which states of the operator that makes sense. */
const OCCASIONS = {
  crash: OPERATOR_STATES,
  freeze: OPERATOR_STATES,
  'power-cut': OPERATOR_STATES,
  'scale-in': ['up'],
  drain: ['up'],
  upgrade: ['up'],
} as const satisfies Record<string, readonly OperatorState[]>;
export type FaultName = keyof typeof OCCASIONS;
export const FAULT_NAMES = Object.keys(OCCASIONS) as FaultName[];

/** Those that people bring about: the operator moves each rendition before its worker goes. */
export const PLANNED: ReadonlySet<string> = new Set<FaultName>(['scale-in', 'drain', 'upgrade']);

export interface Case {
  readonly fault: string;
  readonly operator: OperatorState;
}
export type Repetition = Repeated<Case>;

/** With the operator up first. */
export function listCases(faults: readonly string[], operators: readonly string[]): Case[] {
  return OPERATOR_STATES.filter((operator) => operators.includes(operator)).flatMap((operator) =>
    FAULT_NAMES.filter((fault) => faults.includes(fault) && isTried(fault, operator)).map((fault) => ({
      fault,
      operator,
    })),
  );
}

function isTried(fault: FaultName, operator: OperatorState): boolean {
  const states: readonly OperatorState[] = OCCASIONS[fault];
  return states.includes(operator);
}

/** As progress lines and tables name it. */
export function nameCase({ fault, operator }: Case): string {
  return operator === 'up' ? fault : `${fault} (operator ${operator})`;
}
