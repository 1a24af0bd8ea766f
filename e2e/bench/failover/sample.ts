import { z } from 'zod';
import { faultFiguresSchema } from '../repetitions/fault-figures.ts';

export const SYSTEMS = ['cupola', 'plain', 'haproxy', 'haproxy-tuned'] as const;
export type System = (typeof SYSTEMS)[number];

/**
 * What is on the cluster at the same time. Cupola is alone, as it would be; the others, which need no operator and
 * take fewer kinds of push, share what the machine has and still have more of it.
 */
export const FIELDS: readonly (readonly System[])[] = [['cupola'], ['plain', 'haproxy', 'haproxy-tuned']];

export const TIERS = ['factory', 'relay'] as const;
export type Tier = (typeof TIERS)[number];

/** `leader-down`: its container hangs (SIGSTOP), or is on the node that is lost. `all-down`: no replica runs. */
export const OPERATOR_STATES = ['up', 'leader-down', 'all-down'] as const;
export type OperatorState = (typeof OPERATOR_STATES)[number];

/** One reader's figures of one repetition of one fault: a line of the journal. */
export const sampleSchema = faultFiguresSchema.extend({
  system: z.enum(SYSTEMS),
  tier: z.enum(TIERS),
  fault: z.string(),
  operator: z.enum(OPERATOR_STATES),
  push: z.string(),
  repetition: z.number(),
  /** From the fault until the camera that pushes once was accepted again, where it was disconnected. */
  cameraAwayMs: z.number().optional(),
  /** Whether the machine itself stalled, by the control reader. */
  isDisturbed: z.boolean(),
});
export type Sample = z.infer<typeof sampleSchema>;
