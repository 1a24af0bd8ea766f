import { z } from 'zod';

/** Of one shard of a tier, or of a pool: its part in an upgrade; absent while its pods are as they should be. */
export const upgradeSchema = z
  .strictObject({
    state: z
      .enum(['Waiting', 'Rolling'])
      .describe('Waiting: for its turn. Rolling: its pods may be replaced, until all of them are.'),
    since: z.iso.datetime().describe('When it began to wait, or its turn came.'),
    lacking: z
      .boolean()
      .optional()
      .describe('The standby side lacked a stream already: nobody else waits for the switch to it.'),
  })
  .describe('The replacing of pods whose template has changed; so many at once as the operator is told.');
export type Upgrade = z.infer<typeof upgradeSchema>;
