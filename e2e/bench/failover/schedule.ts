import { OPERATOR_STATES, type OperatorState, type System, TIERS, type Tier } from './sample.ts';

/** One fault in one state of the operator, on the systems that are there at the same time. */
export interface Case {
  readonly systems: readonly System[];
  readonly tier: Tier;
  readonly fault: string;
  readonly operator: OperatorState;
}

export interface Repetition extends Case {
  /** From 1. */
  readonly repetition: number;
}

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

/** Every case once, then every case again: what is interrupted has figures for all of them. */
export function listRepetitions(cases: readonly Case[], repetitions: number): Repetition[] {
  return Array.from({ length: repetitions }, (_, index) =>
    cases.map((one) => ({ ...one, repetition: index + 1 })),
  ).flat();
}

export function listUndone(wanted: readonly Repetition[], done: readonly Repetition[]): Repetition[] {
  const keys = new Set(done.map(keyOf));
  return wanted.filter((one) => !keys.has(keyOf(one)));
}

function keyOf({ systems, tier, fault, operator, repetition }: Repetition): string {
  return [systems.join('+'), tier, fault, operator, repetition].join(' ');
}

/** How long the rest takes, from how long each case took so far; ms. Unknown ones count as the mean of the known. */
export function estimateMs(
  left: readonly Case[],
  took: readonly (Case & { readonly tookMs: number })[],
): number {
  const known = new Map<string, number[]>();
  for (const one of took) known.set(nameCase(one), [...(known.get(nameCase(one)) ?? []), one.tookMs]);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
  const otherwise = mean(took.map(({ tookMs }) => tookMs));
  return left.reduce((sum, one) => sum + mean(known.get(nameCase(one)) ?? [otherwise]), 0);
}

/** As progress lines and tables name it. */
export function nameCase({ systems, tier, fault, operator }: Case): string {
  return `${systems.join(', ')}: ${tier} ${fault}${operator === 'up' ? '' : ` (operator ${operator})`}`;
}
