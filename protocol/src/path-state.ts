/** What an agent says of each path of its plan. Only changes travel: nothing here moves while a stream flows evenly. */
import * as z from 'zod';

const legStateSchema = z.object({
  id: z.string(),
  /** `live`: media arrives. `connecting`: being opened, or waiting to be opened again. */
  state: z.enum(['connecting', 'live']),
  /** Why the leg is not live, in words a person can act on, without credentials. */
  error: z.string().optional(),
});
export type LegState = z.infer<typeof legStateSchema>;

/** Figures are coarse, so that they move seldom. */
const encoderStateSchema = z.object({
  /**
   * `idle`: not wanted, since its source is away or another worker encodes. `failed`: it ended and is started again.
   * `stalled`: it failed in a way that a person must mend, or again and again; it is tried all the same.
   */
  state: z.enum(['idle', 'starting', 'encoding', 'failed', 'stalled']),
  /** Media time written over media time that came, of the last 10 s; absent until they are over. */
  speed: z.number().optional(),
  /** Whether it cannot keep up: a speed below 0.95 for 10 s. */
  tooSlow: z.boolean(),
  /** Pictures a second, of the last 10 s. */
  framesPerSecond: z.number().optional(),
  /** CPU cores used, of the last 10 s. */
  cores: z.number().optional(),
  /** Pictures that were left out because it was behind, since the plan has the rendition. */
  droppedFrames: z.number().int().nonnegative(),
  /** How often it ended and was started again, since the plan has the rendition. */
  restarts: z.number().int().nonnegative(),
  /** The last failure, also when it encodes again: a cause (docs/errors.md) and FFmpeg's last words. */
  error: z.object({ cause: z.string(), message: z.string() }).optional(),
});
export type EncoderState = z.infer<typeof encoderStateSchema>;

export const pathStateSchema = z.object({
  path: z.string(),
  /** Whether a reader that joins now is served. */
  online: z.boolean(),
  /** When `online` last changed, ms since the epoch, by the agent's clock. */
  sinceMs: z.number().int(),
  /** The codecs in MediaMTX's words, e.g. `H264`, `MPEG-4 Audio`; empty while offline. */
  tracks: z.array(z.string()),
  /** The legs of a path that has some, in the plan's order; after them those that it has dropped and that still carry. */
  legs: z.array(legStateSchema).optional(),
  /** The encoder of a path that is transcoded. */
  encoder: encoderStateSchema.optional(),
});
export type PathState = z.infer<typeof pathStateSchema>;
