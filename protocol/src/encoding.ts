/** What an encoder is to make of a stream: a profile with everything decided that it leaves open. */
import * as z from 'zod';

const videoEncodingSchema = z.object({
  codec: z.enum(['H264', 'H265']),
  /** A GPU's encoder; libx264 or libx265 on the CPU where left out. */
  hardware: z.enum(['NVENC', 'VAAPI', 'QSV']).optional(),
  /** Baseline: what every browser decodes, H.264 alone. Main: H.264 High, H.265 Main. */
  profile: z.enum(['Baseline', 'Main']),
  speed: z.enum(['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium']),
  /** Even. A source with fewer lines is not enlarged. */
  height: z.number().int().positive().multipleOf(2),
  /** Even. Follows from the height and the source's proportions where left out. */
  width: z.number().int().positive().multipleOf(2).optional(),
  /** At most so many; the source's where left out. */
  framesPerSecond: z.number().int().positive().optional(),
  bitrateKbps: z.number().int().positive(),
  maxBitrateKbps: z.number().int().positive(),
  /** The decoder's buffer (VBV, HRD). */
  bufferKbits: z.number().int().positive(),
  /** The longest time between key frames, where `framesPerSecond` says how many frames that are. */
  keyFrameSeconds: z.number().int().positive().optional(),
});
export type VideoEncoding = z.infer<typeof videoEncodingSchema>;

const audioEncodingSchema = z.discriminatedUnion('codec', [
  z.object({ codec: z.enum(['Copy', 'None']) }),
  z.object({ codec: z.enum(['AAC', 'Opus']), bitrateKbps: z.number().int().positive() }),
]);
export type AudioEncoding = z.infer<typeof audioEncodingSchema>;

export const encodingSchema = z.object({ video: videoEncodingSchema, audio: audioEncodingSchema });
export type Encoding = z.infer<typeof encodingSchema>;
