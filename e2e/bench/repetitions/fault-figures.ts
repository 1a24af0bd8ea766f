/** What a fault cost one reader, and over the repetitions. Times in ms. */
import { z } from 'zod';
import { type Figure, summarise } from './figure.ts';

export const faultFiguresSchema = z.object({
  framesLost: z.number(),
  broken: z.number(),
  gapMs: z.number(),
  disconnects: z.number(),
  /** Of the first disconnect, in the player's words. */
  reason: z.string().optional(),
  resumeMs: z.number().optional(),
  replayMs: z.number().optional(),
  connectMs: z.number(),
  connectsFailed: z.number(),
  /** Of the control reader, in the same time. */
  controlGapMs: z.number(),
});
export type FaultFigures = z.infer<typeof faultFiguresSchema>;

export interface FaultSummary {
  readonly repetitions: number;
  readonly framesLost: Figure;
  readonly broken: Figure;
  readonly gapMs: Figure;
  readonly disconnects: Figure;
  readonly connectMs: Figure;
  readonly connectsFailed: Figure;
  /** Over the repetitions in which the reader was disconnected and played again. */
  readonly resumeMs?: Figure;
  readonly replayMs?: Figure;
  readonly controlGapMs: Figure;
}

export function summariseFaults(samples: readonly FaultFigures[]): FaultSummary {
  const over = (read: (sample: FaultFigures) => number) => summarise(samples.map(read));
  const resumeMs = summariseKnown(samples.map((sample) => sample.resumeMs));
  const replayMs = summariseKnown(samples.map((sample) => sample.replayMs));
  return {
    repetitions: samples.length,
    framesLost: over((sample) => sample.framesLost),
    broken: over((sample) => sample.broken),
    gapMs: over((sample) => sample.gapMs),
    disconnects: over((sample) => sample.disconnects),
    connectMs: over((sample) => sample.connectMs),
    connectsFailed: over((sample) => sample.connectsFailed),
    ...(resumeMs && { resumeMs }),
    ...(replayMs && { replayMs }),
    controlGapMs: over((sample) => sample.controlGapMs),
  };
}

/** Undefined where nothing is known. */
export function summariseKnown(values: readonly (number | undefined)[]): Figure | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : summarise(known);
}

/** Samples of one row together, in the order in which each row's first one comes. */
export function groupSamples<Sample>(
  samples: readonly Sample[],
  nameRow: (sample: Sample) => readonly string[],
): (readonly [Sample, ...Sample[]])[] {
  const groups = Map.groupBy(samples, (sample) => nameRow(sample).join(' '));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}
