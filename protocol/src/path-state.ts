/** What an agent says of each path of its plan. Only changes travel: nothing here moves while a stream flows evenly. */
import * as z from 'zod';

export const legStateSchema = z.object({
  id: z.string(),
  /** `live`: media arrives. `connecting`: being opened, or waiting to be opened again. */
  state: z.enum(['connecting', 'live']),
  /** Why the leg is not live, in words a person can act on, without credentials. */
  error: z.string().optional(),
});
export type LegState = z.infer<typeof legStateSchema>;

export const pathStateSchema = z.object({
  path: z.string(),
  /** Whether a reader that joins now is served. */
  online: z.boolean(),
  /** When `online` last changed, ms since the epoch, by the agent's clock. */
  sinceMs: z.number().int(),
  /** The codecs in MediaMTX's words, e.g. `H264`, `MPEG-4 Audio`; empty while offline. */
  tracks: z.array(z.string()),
  /** The legs of a path that has some, in the plan's order. */
  legs: z.array(legStateSchema).optional(),
});
export type PathState = z.infer<typeof pathStateSchema>;
