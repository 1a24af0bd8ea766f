import { z } from 'zod';
import { factoryTemplateSchema } from './camera-factory.ts';
import { cameraCompressionSchema, siteCompressionSchema } from './compression.ts';
import { compressorPoolTemplateSchema } from './compressor-pool.ts';
import { conditionsSchema } from './condition.ts';
import { type KindDefinition, LAST_COLUMNS, READY_COLUMNS } from './kind.ts';
import { lastSwitchSchema } from './media-tier.ts';
import { credentialRefSchema, pathSegmentSchema, tierRefSchema } from './references.ts';
import { cameraUrlSchema } from './rtsp-url.ts';
import { asListMap, withRules } from './structural.ts';

const sidesSchema = z.enum(['Both', 'Active']).default('Both');

const cameraSchema = withRules(
  z.strictObject({
    name: pathSegmentSchema("a camera's name").describe(
      'Stands in the path of the stream: original/<namespace>/<site>/<camera>.',
    ),
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
        url: cameraUrlSchema,
        sides: sidesSchema.describe(
          'Both: both sides of the factory pull. Active: only the active one, for a camera that allows one session.',
        ),
        credentialsSecretRef: credentialRefSchema.optional(),
      })
      .optional()
      .describe('The factory pulls the camera by RTSP.'),
    compression: cameraCompressionSchema
      .optional()
      .describe("This camera's renditions, where they are to be other than its Site's."),
  }),
  {
    rule: 'has(self.push) || has(self.pull)',
    message:
      'a camera needs push (it sends to its factory; `push: {}` will do) or pull (with the RTSP url of the camera)',
    reason: 'FieldValueRequired',
  },
  {
    rule: '!has(self.push) || !has(self.pull)',
    message: 'a camera has either push or pull, not both; leave one of them out',
    reason: 'FieldValueForbidden',
  },
).describe('Exactly one of push and pull must be given.');
export type Camera = z.infer<typeof cameraSchema>;

const MOVE_REMEDY =
  "would change the cameras' addresses; delete this Site and apply it again, or write another one and move the cameras";

export const siteSpecSchema = withRules(
  z.strictObject({
    cameras: asListMap(z.array(cameraSchema).max(256), 'name').describe("The site's cameras."),
    topology: z
      .enum(['ThreeTier', 'AllInOne'])
      .default('ThreeTier')
      .describe(
        "Where renditions are encoded. ThreeTier: by the workers of a pool. AllInOne: in the factory's own pods, on both sides.",
      ),
    compression: siteCompressionSchema
      .optional()
      .describe('The renditions of its cameras; none where left out.'),
    pool: compressorPoolTemplateSchema
      .optional()
      .describe(
        "The site's own pool of workers; with defaults where renditions are to be encoded and both this and poolRef are left out.",
      ),
    poolRef: tierRefSchema.optional().describe('A shared CompressorPool, instead of one of its own.'),
    factory: factoryTemplateSchema
      .optional()
      .describe("The site's own factory; with defaults where both this and factoryRef are left out."),
    factoryRef: tierRefSchema.optional().describe('A shared CameraFactory, instead of one of its own.'),
    relayRef: tierRefSchema
      .optional()
      .describe('The MasterRelay that serves the streams; without one, viewers read from the factory.'),
  }),
  {
    rule: '!has(self.factory) || !has(self.factoryRef)',
    message:
      'factory (one of its own) and factoryRef (a shared one) exclude each other; leave one of them out',
    fieldPath: '.factoryRef',
    reason: 'FieldValueForbidden',
  },
  {
    rule: '!has(self.pool) || !has(self.poolRef)',
    message: 'pool (one of its own) and poolRef (a shared one) exclude each other; leave one of them out',
    fieldPath: '.poolRef',
    reason: 'FieldValueForbidden',
  },
  {
    rule: "self.topology != 'AllInOne' || (!has(self.pool) && !has(self.poolRef))",
    message:
      "topology AllInOne encodes in the factory's own pods; leave pool and poolRef out, or set topology to ThreeTier",
    fieldPath: '.topology',
    reason: 'FieldValueForbidden',
  },
  {
    rule: 'has(self.factoryRef) == has(oldSelf.factoryRef)',
    message: `changing between a factory of its own and a shared one ${MOVE_REMEDY}`,
    fieldPath: '.factoryRef',
    reason: 'FieldValueForbidden',
  },
  {
    rule: '!has(self.factoryRef) || !has(oldSelf.factoryRef) || self.factoryRef == oldSelf.factoryRef',
    message: `changing to another factory ${MOVE_REMEDY}`,
    fieldPath: '.factoryRef',
    reason: 'FieldValueForbidden',
  },
);
export type SiteSpec = z.infer<typeof siteSpecSchema>;

/**
 * Redundant: viewers are served, and both sides of the factory carry the camera.
 * Degraded: viewers are served, but one of the sides that should carry it does not.
 * Online: viewers are served, and one side is all that the camera can give.
 * Offline: viewers are not served.
 */
export const CAMERA_STATES = ['Online', 'Redundant', 'Degraded', 'Offline'] as const;

/**
 * Encoding: it is served. Waiting: no worker has room. Starting: a worker is about to serve it. Stalled: its source
 * cannot be encoded, or no worker can encode so. Offline: its camera sends nothing.
 */
export const RENDITION_STATES = ['Encoding', 'Waiting', 'Starting', 'Stalled', 'Offline'] as const;

const urlsSchema = z
  .record(z.string(), z.string())
  .optional()
  .describe('Where viewers find it, by protocol: rtsp, hls, webrtc, srt.');
/** By side, and by protocol. */
const publishUrlsSchema = z.record(z.string(), z.record(z.string(), z.string()));

const renditionStatusSchema = z.strictObject({
  name: z.string().describe("The profile's name."),
  state: z
    .enum(RENDITION_STATES)
    .describe(
      'Encoding: it is served. Waiting: no worker has room. Starting: a worker is about to serve it. Stalled: its source cannot be encoded, or no worker can encode so. Offline: its camera sends nothing.',
    ),
  workers: z
    .array(z.string())
    .optional()
    .describe('The workers that encode it; with Warm, the standby last.'),
  message: z.string().optional().describe('Why it is not served.'),
  urls: urlsSchema,
  publish: publishUrlsSchema
    .optional()
    .describe("Where the camera pushes it, where it is a stream of the camera's own: by side and protocol."),
});
export type RenditionStatus = z.infer<typeof renditionStatusSchema>;

const cameraStatusSchema = z.strictObject({
  name: z.string().describe("The camera's name."),
  state: z
    .enum(CAMERA_STATES)
    .describe(
      'Redundant: viewers are served, and both sides carry the camera. Degraded: served, but one of the sides that should carry it does not. Online: served, and one side is all that the camera can give. Offline: viewers are not served.',
    ),
  shard: z.number().int().describe("The factory's shard that takes it."),
  urls: urlsSchema,
  publish: publishUrlsSchema
    .optional()
    .describe(
      'Where the camera pushes, by side (primary and backup, or active for one that pushes once) and protocol.',
    ),
  renditions: z.array(renditionStatusSchema).optional().describe('The state of each rendition.'),
});
export type CameraStatus = z.infer<typeof cameraStatusSchema>;

const siteStatusSchema = z.strictObject({
  observedGeneration: z.number().int().optional().describe('The generation that this status was made from.'),
  conditions: conditionsSchema.optional(),
  // No map by names: managedFields would name each member, and add a third to an object that may be large.
  cameras: z
    .array(cameraStatusSchema)
    .optional()
    .describe(
      'The state and the addresses of each camera; where all addresses are more than Kubernetes stores, without those of the last cameras.',
    ),
  counts: z
    .strictObject({
      total: z.number().int().describe('All cameras.'),
      online: z.number().int().describe('In the state Online.'),
      redundant: z.number().int().describe('In the state Redundant.'),
      degraded: z.number().int().describe('In the state Degraded.'),
      offline: z.number().int().describe('In the state Offline.'),
    })
    .optional()
    .describe('How many cameras there are, and how many in each state.'),
  online: z.string().optional().describe('Cameras with a stream and all cameras, as in 4/5.'),
  lastSwitch: lastSwitchSchema
    .extend({
      tier: z.string().describe('The tier, as in MasterRelay video/main.'),
      shard: z.number().int().describe('Its shard.'),
    })
    .optional()
    .describe('The last switch of a shard that carries cameras of this Site.'),
  credentialsSecret: z.string().optional().describe("The Secret with the cameras' generated passwords."),
  viewersSecret: z.string().optional().describe("The Secret with the generated viewer's credential."),
});
export type SiteStatus = z.infer<typeof siteStatusSchema>;

export const siteKind: KindDefinition = {
  kind: 'Site',
  plural: 'sites',
  singular: 'site',
  shortName: 'csite',
  description: 'One physical place with its cameras, and the way of their streams to viewers.',
  spec: siteSpecSchema,
  status: siteStatusSchema,
  columns: [
    ...READY_COLUMNS,
    { name: 'Online', type: 'string', jsonPath: '.status.online' },
    { name: 'Relay', type: 'string', jsonPath: '.spec.relayRef.name' },
    ...LAST_COLUMNS,
  ],
};
