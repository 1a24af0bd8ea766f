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

/** What a factory is, whether written by hand or made from a Site. */
export const factoryTemplateSchema = z.strictObject({
  camerasPerShard: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(40)
    .describe('How many cameras one pod of a side takes before another shard is made.'),
  holdSeconds: holdSecondsSchema,
  drainSeconds: drainSecondsSchema(0),
  protocols: protocolsSchema(['RTSP', 'RTMP', 'SRT']).describe(
    'What the factory listens to. RTSP must be among them: the tiers after it read by RTSP.',
  ),
  exposure: exposureSchema.prefault({}),
  viewers: viewersSchema.prefault({}),
  resources: resourcesSchema.prefault({}),
  failover: failoverSchema.prefault({}),
});

export const cameraFactorySpecSchema = factoryTemplateSchema.extend({
  allowedSites: allowedSitesSchema.prefault({}),
});
export type CameraFactorySpec = z.infer<typeof cameraFactorySpecSchema>;

const cameraFactoryStatusSchema = z.strictObject({
  observedGeneration: z.number().int().optional().describe('The generation that this status was made from.'),
  conditions: conditionsSchema.optional(),
  shards: shardStatusesSchema.optional(),
  sites: z.number().int().optional().describe('How many Sites use this factory.'),
  cameras: z.number().int().optional().describe('How many cameras it takes.'),
  viewersSecret: z.string().optional().describe("The Secret with the generated viewer's credential."),
});
export type CameraFactoryStatus = z.infer<typeof cameraFactoryStatusSchema>;

export const cameraFactoryKind: KindDefinition = {
  kind: 'CameraFactory',
  plural: 'camerafactories',
  singular: 'camerafactory',
  shortName: 'cf',
  description: 'Takes the streams of cameras, on a primary and a backup side, and offers each as RTSP.',
  spec: cameraFactorySpecSchema,
  status: cameraFactoryStatusSchema,
  columns: [
    ...READY_COLUMNS,
    { name: 'Sites', type: 'integer', jsonPath: '.status.sites' },
    { name: 'Cameras', type: 'integer', jsonPath: '.status.cameras' },
    { name: 'Exposure', type: 'string', jsonPath: '.spec.exposure.type' },
    ...LAST_COLUMNS,
  ],
};
