import type { Redundancy } from '../../../../operator/src/api/compression.ts';
import { type Figure, summarise } from '../../repetitions/figure.ts';
import type { OperatorState, Sample } from './sample.ts';

/** A row of `e2e/bench/out/compress.json`, as failover.json has them. Times in ms. */
export interface Row {
  readonly system: 'cupola';
  readonly tier: 'worker';
  readonly fault: string;
  readonly redundancy: Redundancy;
  readonly rendition: string;
  readonly operator: OperatorState;
  readonly repetitions: number;
  readonly framesLost: Figure;
  readonly broken: Figure;
  readonly repeated: Figure;
  readonly gapMs: Figure;
  readonly disconnects: Figure;
  readonly connectMs: Figure;
  readonly connectsFailed: Figure;
  /** Over the repetitions in which the reader was disconnected and played again. */
  readonly resumeMs?: Figure;
  readonly replayMs?: Figure;
  readonly controlGapMs: Figure;
  readonly controlLost: Figure;
  /** p50 over the repetitions. */
  readonly idle: number;
}

/** Summarises the samples, in the order in which each row's first one comes. */
export function makeRows(samples: readonly Sample[]): Row[] {
  const groups = Map.groupBy(samples, ({ fault, rendition, operator }) =>
    [fault, rendition, operator].join(' '),
  );
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [makeRow(first, [first, ...others])],
  );
}

function makeRow(first: Sample, samples: readonly Sample[]): Row {
  const { fault, redundancy, rendition, operator } = first;
  const over = (read: (sample: Sample) => number) => summarise(samples.map(read));
  const where = (name: 'resumeMs' | 'replayMs') => {
    const values = samples.flatMap((sample) => sample[name] ?? []);
    return values.length === 0 ? {} : { [name]: summarise(values) };
  };
  return {
    ...{ system: 'cupola', tier: 'worker', fault, redundancy, rendition, operator },
    repetitions: samples.length,
    framesLost: over((sample) => sample.framesLost),
    broken: over((sample) => sample.broken),
    repeated: over((sample) => sample.repeated),
    gapMs: over((sample) => sample.gapMs),
    disconnects: over((sample) => sample.disconnects),
    connectMs: over((sample) => sample.connectMs),
    connectsFailed: over((sample) => sample.connectsFailed),
    ...where('resumeMs'),
    ...where('replayMs'),
    controlGapMs: over((sample) => sample.controlGapMs),
    controlLost: over((sample) => sample.controlLost),
    idle: summarise(samples.map(({ idle }) => idle)).p50,
  };
}
