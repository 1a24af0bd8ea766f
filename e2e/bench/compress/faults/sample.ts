import { z } from 'zod';
import { redundancySchema } from '../../../../operator/src/api/compression.ts';
import { faultFiguresSchema } from '../../repetitions/fault-figures.ts';

/** `all-down`: no replica of the operator runs. */
export const OPERATOR_STATES = ['up', 'all-down'] as const;
export type OperatorState = (typeof OPERATOR_STATES)[number];

/** The figures of one rendition's viewer in one repetition of one fault. Times in ms. */
export const sampleSchema = faultFiguresSchema.extend({
  rendition: z.string(),
  redundancy: redundancySchema,
  fault: z.string(),
  operator: z.enum(OPERATOR_STATES),
  repetition: z.number(),
  repeated: z.number(),
  /** Of the control reader, who reads an original at the same relay. */
  controlLost: z.number(),
  /** What was left of the machine's CPU in the same time, 0 to 1. */
  idle: z.number(),
});
export type Sample = z.infer<typeof sampleSchema>;
