import type { Repeated } from '../repetitions/schedule.ts';
import { OPERATOR_STATES, type OperatorState, type System, TIERS, type Tier } from './sample.ts';

/** One fault in one state of the operator, on the systems that are there at the same time. */
export interface Case {
  readonly systems: readonly System[];
  readonly tier: Tier;
  readonly fault: string;
  readonly operator: OperatorState;
}

export type Repetition = Repeated<Case>;

interface FaultOccasion {
  readonly tiers: readonly Tier[];
  /** Where it makes no sense without an operator, the states that are left. */
  readonly operators?: readonly OperatorState[];
  /** Whether it is something that only an operator does. */
  readonly needsOperator?: boolean;
}

const WITH_OPERATOR = ['up', 'leader-down'] as const;

/** Where each fault is tried. A relay's faults need somebody who moves its Service: one replica at least. */
export const OCCASIONS = {
  crash: { tiers: TIERS },
  'crash-after-change': { tiers: ['relay'] },
  freeze: { tiers: TIERS },
  'power-cut': { tiers: TIERS },
  'network-cut': { tiers: TIERS },
  drain: { tiers: TIERS },
  upgrade: { tiers: TIERS, operators: WITH_OPERATOR },
  'lossy-push': { tiers: ['factory'] },
  'slow-push': { tiers: ['factory'] },
  switchover: { tiers: TIERS, operators: WITH_OPERATOR, needsOperator: true },
  failback: { tiers: TIERS, operators: WITH_OPERATOR, needsOperator: true },
} as const satisfies Record<string, FaultOccasion>;
export type FaultName = keyof typeof OCCASIONS;
export const FAULT_NAMES = Object.keys(OCCASIONS) as FaultName[];

export interface Choice {
  readonly tiers: readonly string[];
  readonly faults: readonly string[];
  readonly operators: readonly string[];
}

/** All cases that are chosen; tier by tier, with the operator up first. Systems without one have it up for all. */
export function listCases(systems: readonly System[], { tiers, faults, operators }: Choice): Case[] {
  const cases: Case[] = [];
  for (const tier of TIERS.filter((name) => tiers.includes(name))) {
    for (const operator of OPERATOR_STATES.filter((name) => operators.includes(name))) {
      for (const fault of FAULT_NAMES.filter((name) => faults.includes(name))) {
        if (isTried(systems, tier, fault, operator)) cases.push({ systems, tier, fault, operator });
      }
    }
  }
  return cases;
}

function isTried(systems: readonly System[], tier: Tier, fault: FaultName, operator: OperatorState): boolean {
  const { tiers, operators, needsOperator = false }: FaultOccasion = OCCASIONS[fault];
  if (!tiers.includes(tier)) return false;
  if (!systems.includes('cupola')) return operator === 'up' && !needsOperator;
  return (operators ?? (tier === 'relay' ? WITH_OPERATOR : OPERATOR_STATES)).includes(operator);
}

/** As progress lines and tables name it. */
export function nameCase({ systems, tier, fault, operator }: Case): string {
  return `${systems.join(', ')}: ${tier} ${fault}${operator === 'up' ? '' : ` (operator ${operator})`}`;
}
