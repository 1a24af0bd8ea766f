import { z } from 'zod';
import { factoryTemplateSchema } from './camera-factory.ts';
import { conditionSchema } from './condition.ts';
import { credentialRefSchema, tierRefSchema } from './references.ts';

const sidesSchema = z.enum(['Both', 'Active']).default('Both');

export const cameraSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(63)
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
      .describe('Stands in the path of the stream: original/<namespace>/<site>/<camera>.'),
    push: z
      .strictObject({
        sides: sidesSchema.describe(
          'Both: the camera pushes to both sides of its factory. Active: it can push once, to the active side.',
        ),
        credentialsSecretRef: credentialRefSchema.optional(),
      })
      .optional()
      .describe('The camera pushes to its factory (RTMP, RTSP, SRT or WHIP).'),
    pull: z
      .strictObject({
        url: z
          .string()
          .max(1024)
          .regex(/^rtsp:\/\/[^@\s]+$/)
          .describe('rtsp://host:port/path, without a credential.'),
        sides: sidesSchema.describe(
          'Both: both sides of the factory pull. Active: only the active one, for a camera that allows one session.',
        ),
        credentialsSecretRef: credentialRefSchema.optional(),
      })
      .optional()
      .describe('The factory pulls the camera by RTSP.'),
  })
  .describe('Exactly one of push and pull must be given.');
export type Camera = z.infer<typeof cameraSchema>;

export const siteSpecSchema = z.strictObject({
  cameras: z.array(cameraSchema).max(256),
  factory: factoryTemplateSchema
    .optional()
    .describe("The site's own factory; with defaults where both this and factoryRef are left out."),
  factoryRef: tierRefSchema.optional().describe('A shared CameraFactory, instead of one of its own.'),
  relayRef: tierRefSchema
    .optional()
    .describe('The MasterRelay that serves the streams; without one, viewers read from the factory.'),
});
export type SiteSpec = z.infer<typeof siteSpecSchema>;

/**
 * Redundant: viewers are served, and both sides of the factory carry the camera.
 * Degraded: viewers are served, but one of the sides that should carry it does not.
 * Online: viewers are served, and one side is all that the camera can give.
 * Offline: viewers are not served.
 */
export const CAMERA_STATES = ['Online', 'Redundant', 'Degraded', 'Offline'] as const;

export const cameraStatusSchema = z.strictObject({
  name: z.string(),
  state: z.enum(CAMERA_STATES),
  /** The factory's shard. */
  shard: z.number().int(),
  /** Where viewers find it, by protocol: rtsp, hls, webrtc, srt. */
  urls: z.record(z.string(), z.string()).optional(),
  /** Where the camera pushes: side (`primary`, `backup`, or `active` for one that pushes once), by protocol. */
  publish: z.record(z.string(), z.record(z.string(), z.string())).optional(),
});
export type CameraStatus = z.infer<typeof cameraStatusSchema>;

export const siteStatusSchema = z.strictObject({
  observedGeneration: z.number().int().optional(),
  conditions: z.array(conditionSchema).optional(),
  cameras: z.array(cameraStatusSchema).optional(),
  counts: z
    .strictObject({
      total: z.number().int(),
      online: z.number().int(),
      redundant: z.number().int(),
      degraded: z.number().int(),
      offline: z.number().int(),
    })
    .optional(),
  /** `online/total`, for the printer column. */
  online: z.string().optional(),
  credentialsSecret: z.string().optional(),
  viewersSecret: z.string().optional(),
});
export type SiteStatus = z.infer<typeof siteStatusSchema>;
