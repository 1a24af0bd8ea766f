import { z } from 'zod';
import { allowedSitesSchema } from './allowed-sites.ts';
import { conditionSchema } from './condition.ts';
import { exposureSchema } from './exposure.ts';
import { protocolsSchema, resourcesSchema, shardStatusSchema, viewersSchema } from './media-tier.ts';

/** What a factory is, whether written by hand or made from a Site. */
export const factoryTemplateSchema = z.strictObject({
  camerasPerShard: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(40)
    .describe('How many cameras one pod of a side takes before another shard is made.'),
  protocols: protocolsSchema
    .default(['RTSP', 'RTMP', 'SRT'])
    .describe('What the factory listens to. RTSP must be among them: the tiers after it read by RTSP.'),
  exposure: exposureSchema.prefault({}),
  viewers: viewersSchema.prefault({}),
  resources: resourcesSchema.prefault({}),
});
export type FactoryTemplate = z.infer<typeof factoryTemplateSchema>;

export const cameraFactorySpecSchema = factoryTemplateSchema.extend({
  allowedSites: allowedSitesSchema.prefault({}),
});
export type CameraFactorySpec = z.infer<typeof cameraFactorySpecSchema>;

export const cameraFactoryStatusSchema = z.strictObject({
  observedGeneration: z.number().int().optional(),
  conditions: z.array(conditionSchema).optional(),
  shards: z.array(shardStatusSchema).optional(),
  sites: z.number().int().optional(),
  cameras: z.number().int().optional(),
  viewersSecret: z.string().optional(),
});
export type CameraFactoryStatus = z.infer<typeof cameraFactoryStatusSchema>;
