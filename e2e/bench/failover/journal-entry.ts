import { z } from 'zod';
import { OPERATOR_STATES, SYSTEMS, sampleSchema, TIERS } from './sample.ts';

export const journalEntrySchema = z.object({
  systems: z.array(z.enum(SYSTEMS)).readonly(),
  tier: z.enum(TIERS),
  fault: z.string(),
  operator: z.enum(OPERATOR_STATES),
  repetition: z.number(),
  /** With all that it takes to make things whole before and after. */
  tookMs: z.number(),
  samples: z.array(sampleSchema),
});
/** One finished repetition. */
export type JournalEntry = z.infer<typeof journalEntrySchema>;
