import { z } from 'zod';
import { allowedSitesSchema } from './allowed-sites.ts';
import { conditionsSchema } from './condition.ts';
import { exposureSchema } from './exposure.ts';
import { failoverSchema } from './failover.ts';
import { type KindDefinition, LAST_COLUMNS, READY_COLUMNS } from './kind.ts';
import {
  drainSecondsSchema,
  holdSecondsSchema,
  protocolsSchema,
  resourcesSchema,
  shardStatusesSchema,
  viewersSchema,
} from './media-tier.ts';
import { credentialRefSchema, namespaceNameSchema, ownNameSchema, pathSegmentSchema } from './references.ts';
import { sideUrlSchema } from './rtsp-url.ts';
import { asListMap, asSet } from './structural.ts';

/** A site of another cluster, read from its factory's side Services by URL. */
const remoteSiteSchema = z.strictObject({
  prefix: pathSegmentSchema('prefix').describe(
    "Comes before the site's namespace in each path at this relay: original/<prefix>/<namespace>/<site>/<camera>.",
  ),
  namespace: namespaceNameSchema.describe('Of the Site, in its own cluster.'),
  site: ownNameSchema.describe("The Site's name, in its own cluster."),
  cameras: asSet(z.array(pathSegmentSchema("a camera's name")).min(1).max(256)).describe(
    'The names of the cameras to relay.',
  ),
  urls: asSet(z.array(sideUrlSchema).min(1).max(2)).describe(
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
  holdSeconds: holdSecondsSchema,
  drainSeconds: drainSecondsSchema(10),
  protocols: protocolsSchema(['RTSP', 'HLS', 'WebRTC', 'SRT']).describe(
    'What viewers may use. RTSP must be among them.',
  ),
  exposure: exposureSchema.prefault({}),
  viewers: viewersSchema.prefault({}),
  resources: resourcesSchema.prefault({}),
  failover: failoverSchema.prefault({}),
  allowedSites: allowedSitesSchema.prefault({}),
  remoteSites: asListMap(z.array(remoteSiteSchema).max(200), 'prefix', 'namespace', 'site')
    .optional()
    .describe('Sites of other clusters.'),
});
export type MasterRelaySpec = z.infer<typeof masterRelaySpecSchema>;

const remoteStreamSchema = z.strictObject({
  path: z.string().describe('The path of the stream at this relay.'),
  online: z.boolean().describe('Whether viewers are served.'),
  urls: z
    .record(z.string(), z.string())
    .describe('Where viewers find it, by protocol: rtsp, hls, webrtc, srt.'),
});

const masterRelayStatusSchema = z.strictObject({
  observedGeneration: z.number().int().optional().describe('The generation that this status was made from.'),
  conditions: conditionsSchema.optional(),
  shards: shardStatusesSchema.optional(),
  sites: z.number().int().optional().describe('How many Sites this relay serves, remote ones among them.'),
  streams: z.number().int().optional().describe('How many streams it is to carry.'),
  viewersSecret: z.string().optional().describe("The Secret with the generated viewer's credential."),
  // As `cameras` of a Site's status.
  remoteStreams: z
    .array(remoteStreamSchema)
    .optional()
    .describe(
      "Streams of remote sites; where all addresses are more than Kubernetes stores, without those of the last streams. A local camera's URLs are in its Site's status.",
    ),
});
export type MasterRelayStatus = z.infer<typeof masterRelayStatusSchema>;

export const masterRelayKind: KindDefinition = {
  kind: 'MasterRelay',
  plural: 'masterrelays',
  singular: 'masterrelay',
  shortName: 'mr',
  description:
    'Collects the streams of many Sites and serves them to viewers, on a primary and a backup side.',
  spec: masterRelaySpecSchema,
  status: masterRelayStatusSchema,
  columns: [
    ...READY_COLUMNS,
    { name: 'Sites', type: 'integer', jsonPath: '.status.sites' },
    { name: 'Streams', type: 'integer', jsonPath: '.status.streams' },
    { name: 'Exposure', type: 'string', jsonPath: '.spec.exposure.type' },
    ...LAST_COLUMNS,
  ],
};
