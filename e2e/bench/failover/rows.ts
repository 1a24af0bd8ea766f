import { type Figure, summarise } from '../repetitions/figure.ts';
import type { OperatorState, Sample, System, Tier } from './sample.ts';

/** A row of `e2e/bench/out/failover.json`. Times in ms. */
export interface Row {
  readonly system: System;
  readonly tier: Tier;
  readonly fault: string;
  readonly push: string;
  readonly operator: OperatorState;
  readonly repetitions: number;
  /** How many of them were disturbed by the machine itself; they count like the others. */
  readonly disturbed: number;
  readonly framesLost: Figure;
  readonly broken: Figure;
  readonly gapMs: Figure;
  readonly disconnects: Figure;
  readonly connectMs: Figure;
  readonly connectsFailed: Figure;
  /** Over the repetitions in which the reader was disconnected and played again. */
  readonly resumeMs?: Figure;
  readonly replayMs?: Figure;
  readonly cameraAwayMs?: Figure;
  readonly controlGapMs: Figure;
}

/** Summarises the samples, in the order in which each row's first one comes. */
export function makeRows(samples: readonly Sample[]): Row[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = [sample.system, sample.tier, sample.fault, sample.push, sample.operator].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].map(makeRow);
}

function makeRow(samples: readonly Sample[]): Row {
  const [first] = samples;
  if (first === undefined) throw new RangeError('a row is made of one sample or more');
  const { system, tier, fault, push, operator } = first;
  const over = (read: (sample: Sample) => number) => summarise(samples.map(read));
  const where = (name: 'resumeMs' | 'replayMs' | 'cameraAwayMs') => {
    const values = samples.flatMap((sample) => sample[name] ?? []);
    return values.length === 0 ? {} : { [name]: summarise(values) };
  };
  return {
    ...{ system, tier, fault, push, operator },
    repetitions: samples.length,
    disturbed: samples.filter(({ isDisturbed }) => isDisturbed).length,
    framesLost: over((sample) => sample.framesLost),
    broken: over((sample) => sample.broken),
    gapMs: over((sample) => sample.gapMs),
    disconnects: over((sample) => sample.disconnects),
    connectMs: over((sample) => sample.connectMs),
    connectsFailed: over((sample) => sample.connectsFailed),
    ...where('resumeMs'),
    ...where('replayMs'),
    ...where('cameraAwayMs'),
    controlGapMs: over((sample) => sample.controlGapMs),
  };
}
