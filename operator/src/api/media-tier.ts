/** What a CameraFactory and a MasterRelay have in common. */
import { z } from 'zod';
import { credentialRefSchema } from './references.ts';

export const PROTOCOLS = ['RTSP', 'RTMP', 'SRT', 'HLS', 'WebRTC'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** RTSP is always on: the tiers read from each other by it. */
export const protocolsSchema = z.array(z.enum(PROTOCOLS)).min(1).max(PROTOCOLS.length);

/** Who may read streams from a tier, beside the tiers after it. */
export const viewersSchema = z
  .strictObject({
    access: z
      .enum(['Users', 'Open'])
      .default('Users')
      .describe('Users: with a user name and password. Open: anybody who can reach the tier.'),
    credentialsSecretRefs: z
      .array(credentialRefSchema)
      .max(64)
      .optional()
      .describe(
        'One Secret a user. Where left out, one user is generated in the Secret that status.viewersSecret names.',
      ),
  })
  .describe('Who may watch the streams of this tier.');
export type Viewers = z.infer<typeof viewersSchema>;

const quantitySchema = z.string().regex(/^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi)?$/);
const quantitiesSchema = z.strictObject({
  cpu: quantitySchema.optional(),
  memory: quantitySchema.optional(),
});
const containerResourcesSchema = z.strictObject({
  requests: quantitiesSchema.optional(),
  limits: quantitiesSchema.optional(),
});

export const resourcesSchema = z
  .strictObject({
    mediamtx: containerResourcesSchema.optional(),
    agent: containerResourcesSchema.optional(),
  })
  .describe('Requests and limits of the two containers of each media pod.');
export type Resources = z.infer<typeof resourcesSchema>;

/** What both sides of one shard say of themselves. */
export const shardStatusSchema = z.strictObject({
  shard: z.number().int(),
  activeSide: z.enum(['primary', 'backup']),
  primaryReady: z.boolean(),
  backupReady: z.boolean(),
  streams: z.number().int(),
});
export type ShardStatus = z.infer<typeof shardStatusSchema>;
