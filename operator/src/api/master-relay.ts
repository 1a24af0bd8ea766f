import { z } from 'zod';
import { allowedSitesSchema } from './allowed-sites.ts';
import { conditionSchema } from './condition.ts';
import { exposureSchema } from './exposure.ts';
import { protocolsSchema, resourcesSchema, shardStatusSchema, viewersSchema } from './media-tier.ts';
import { credentialRefSchema, namespaceNameSchema, objectNameSchema } from './references.ts';

/** A site of another cluster, read from its factory's side Services by URL. */
export const remoteSiteSchema = z.strictObject({
  prefix: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/)
    .describe(
      "Comes before the site's namespace in each path at this relay: original/<prefix>/<namespace>/<site>/<camera>.",
    ),
  namespace: namespaceNameSchema.describe('Of the Site, in its own cluster.'),
  site: objectNameSchema,
  cameras: z
    .array(
      z
        .string()
        .min(1)
        .max(63)
        .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
    )
    .min(1)
    .max(256),
  urls: z
    .array(
      z
        .string()
        .max(512)
        .regex(/^rtsp:\/\/[^@/\s]+$/),
    )
    .min(1)
    .max(2)
    .describe(
      'rtsp://host:port of the primary and of the backup side of its factory, without a path or credential.',
    ),
  credentialsSecretRef: credentialRefSchema.describe(
    "A viewer of the remote factory: a Secret of type kubernetes.io/basic-auth in the relay's namespace.",
  ),
});
export type RemoteSite = z.infer<typeof remoteSiteSchema>;

export const masterRelaySpecSchema = z.strictObject({
  streamsPerShard: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(200)
    .describe('How many streams one pod of a side carries before another shard is made.'),
  protocols: protocolsSchema
    .default(['RTSP', 'HLS', 'WebRTC', 'SRT'])
    .describe('What viewers may use. RTSP must be among them.'),
  exposure: exposureSchema.prefault({}),
  viewers: viewersSchema.prefault({}),
  resources: resourcesSchema.prefault({}),
  allowedSites: allowedSitesSchema.prefault({}),
  remoteSites: z.array(remoteSiteSchema).max(256).optional().describe('Sites of other clusters.'),
});
export type MasterRelaySpec = z.infer<typeof masterRelaySpecSchema>;

export const masterRelayStatusSchema = z.strictObject({
  observedGeneration: z.number().int().optional(),
  conditions: z.array(conditionSchema).optional(),
  shards: z.array(shardStatusSchema).optional(),
  sites: z.number().int().optional(),
  streams: z.number().int().optional(),
  viewersSecret: z.string().optional(),
  /** Streams of remote sites; a local camera's URLs are in its Site's status. */
  remoteStreams: z
    .array(z.strictObject({ path: z.string(), online: z.boolean(), urls: z.record(z.string(), z.string()) }))
    .optional(),
});
export type MasterRelayStatus = z.infer<typeof masterRelayStatusSchema>;
