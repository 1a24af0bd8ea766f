import {
  type FaultSummary,
  groupSamples,
  summariseFaults,
  summariseKnown,
} from '../repetitions/fault-figures.ts';
import type { Figure } from '../repetitions/figure.ts';
import type { OperatorState, Sample, System, Tier } from './sample.ts';

/** A row of `e2e/bench/out/failover.json`. Times in ms. */
export interface Row extends FaultSummary {
  readonly system: System;
  readonly tier: Tier;
  readonly fault: string;
  readonly push: string;
  readonly operator: OperatorState;
  /** How many of the repetitions were disturbed by the machine itself; they count like the others. */
  readonly disturbed: number;
  readonly cameraAwayMs?: Figure;
}

/** Summarises the samples, in the order in which each row's first one comes. */
export function makeRows(samples: readonly Sample[]): Row[] {
  return groupSamples(samples, ({ system, tier, fault, push, operator }) => {
    return [system, tier, fault, push, operator];
  }).map(makeRow);
}

function makeRow(samples: readonly [Sample, ...Sample[]]): Row {
  const { system, tier, fault, push, operator } = samples[0];
  const cameraAwayMs = summariseKnown(samples.map((sample) => sample.cameraAwayMs));
  return {
    ...{ system, tier, fault, push, operator },
    ...summariseFaults(samples),
    disturbed: samples.filter(({ isDisturbed }) => isDisturbed).length,
    ...(cameraAwayMs && { cameraAwayMs }),
  };
}
