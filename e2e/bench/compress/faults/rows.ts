import type { Redundancy } from '../../../../operator/src/api/compression.ts';
import { type FaultSummary, groupSamples, summariseFaults } from '../../repetitions/fault-figures.ts';
import { type Figure, summarise } from '../../repetitions/figure.ts';
import type { OperatorState, Sample } from './sample.ts';

/** A row of `e2e/bench/out/compress.json`, as failover.json has them. Times in ms. */
export interface Row extends FaultSummary {
  readonly system: 'cupola';
  readonly tier: 'worker';
  readonly fault: string;
  readonly redundancy: Redundancy;
  readonly rendition: string;
  readonly operator: OperatorState;
  readonly repeated: Figure;
  readonly controlLost: Figure;
  /** p50 over the repetitions. */
  readonly idle: number;
}

/** Summarises the samples, in the order in which each row's first one comes. */
export function makeRows(samples: readonly Sample[]): Row[] {
  return groupSamples(samples, ({ fault, rendition, operator }) => [fault, rendition, operator]).map(makeRow);
}

function makeRow(samples: readonly [Sample, ...Sample[]]): Row {
  const { fault, redundancy, rendition, operator } = samples[0];
  return {
    ...{ system: 'cupola', tier: 'worker', fault, redundancy, rendition, operator },
    ...summariseFaults(samples),
    repeated: summarise(samples.map(({ repeated }) => repeated)),
    controlLost: summarise(samples.map(({ controlLost }) => controlLost)),
    idle: summarise(samples.map(({ idle }) => idle)).p50,
  };
}
