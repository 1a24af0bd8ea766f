import { z } from 'zod';
import { redundancySchema } from '../../../../operator/src/api/compression.ts';

/** `all-down`: no replica of the operator runs. */
export const OPERATOR_STATES = ['up', 'all-down'] as const;
export type OperatorState = (typeof OPERATOR_STATES)[number];

/** The figures of one rendition's viewer in one repetition of one fault. Times in ms. */
export const sampleSchema = z.object({
  rendition: z.string(),
  redundancy: redundancySchema,
  fault: z.string(),
  operator: z.enum(OPERATOR_STATES),
  repetition: z.number(),
  framesLost: z.number(),
  broken: z.number(),
  repeated: z.number(),
  gapMs: z.number(),
  disconnects: z.number(),
  /** Of the first disconnect, in the player's words. */
  reason: z.string().optional(),
  resumeMs: z.number().optional(),
  replayMs: z.number().optional(),
  connectMs: z.number(),
  connectsFailed: z.number(),
  /** Of the reader of an original at the same relay, in the same time. */
  controlGapMs: z.number(),
  controlLost: z.number(),
  /** What was left of the machine's CPU in the same time, 0 to 1. */
  idle: z.number(),
});
export type Sample = z.infer<typeof sampleSchema>;
