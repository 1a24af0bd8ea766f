import { z } from 'zod';
import { allowedSitesSchema } from './allowed-sites.ts';
import { autoscalingSchema, MAX_WORKERS } from './autoscaling.ts';
import { redundancySchema } from './compression.ts';
import { conditionsSchema } from './condition.ts';
import { type KindDefinition, LAST_COLUMNS, READY_COLUMNS } from './kind.ts';
import { drainSecondsSchema, resourcesSchema } from './media-tier.ts';
import { HARDWARE_ENCODERS } from './profile.ts';
import { asListMap, matching } from './structural.ts';
import { upgradeSchema } from './upgrade.ts';

/** What every worker of the pool asks its node for. */
const hardwareSchema = z.strictObject({
  encoder: z.enum(HARDWARE_ENCODERS).describe('Which hardware encoder the workers have.'),
  resourceName: matching(
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    253,
    'must be the name of an extended resource, as in nvidia.com/gpu',
  )
    .optional()
    .describe(
      'The extended resource of which each worker asks for one; nvidia.com/gpu for NVENC, gpu.intel.com/i915 for VAAPI and QSV where left out.',
    ),
});
export type PoolHardware = z.infer<typeof hardwareSchema>;

/** What a pool is, whether written by hand or made from a Site. */
export const compressorPoolTemplateSchema = z.strictObject({
  renditionsPerWorker: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('How many renditions one worker encodes, those that it stands by for among them.'),
  standbyPercent: z
    .number()
    .int()
    .min(0)
    .max(90)
    .default(20)
    .describe('The part of the pool that is kept free to take over what a lost worker encoded.'),
  redundancy: redundancySchema
    .default('Warm')
    .describe('Of the renditions of Sites that do not say it themselves.'),
  renditionMemoryMiB: z
    .number()
    .int()
    .min(64)
    .max(32_768)
    .default(1_024)
    .describe('The most memory that one encoder may take; beyond it that one alone ends, and starts again.'),
  hardware: hardwareSchema.optional().describe('A hardware encoder on every worker; none where left out.'),
  autoscaling: autoscalingSchema.prefault({}),
  drainSeconds: drainSecondsSchema(30),
  resources: resourcesSchema.prefault({}),
});

export const compressorPoolSpecSchema = compressorPoolTemplateSchema.extend({
  replicas: z
    .number()
    .int()
    .min(0)
    .max(MAX_WORKERS)
    .default(2)
    .describe(
      'How many workers there are. Leave it out where autoscaling.mode is Automatic: the autoscaler writes it.',
    ),
  allowedSites: allowedSitesSchema.prefault({}),
});
export type CompressorPoolSpec = z.infer<typeof compressorPoolSpecSchema>;

const workerStatusSchema = z.strictObject({
  name: z.string().describe("The worker's Deployment."),
  ready: z.boolean().describe('Whether its pod is ready.'),
  leaving: z.boolean().describe('Whether its renditions are being moved, before it goes.'),
  node: z.string().optional().describe('Where its pod runs.'),
  renditions: z.number().int().describe('How many it encodes.'),
  standby: z.number().int().describe('How many it stands by for.'),
});

const compressorPoolStatusSchema = z.strictObject({
  observedGeneration: z.number().int().optional().describe('The generation that this status was made from.'),
  conditions: conditionsSchema.optional(),
  replicas: z.number().int().optional().describe('How many workers there are, those that leave among them.'),
  selector: z.string().optional().describe("The workers' pods, for the autoscaler."),
  workers: asListMap(z.array(workerStatusSchema), 'name').optional().describe('The workers.'),
  sites: z.number().int().optional().describe('How many Sites use this pool.'),
  slots: z
    .number()
    .int()
    .optional()
    .describe('How many renditions its workers take, the standby among them.'),
  assigned: z.number().int().optional().describe('How many encoders are to run.'),
  waiting: z.number().int().optional().describe('How many renditions wait for a worker.'),
  standbyLeft: z.number().int().optional().describe('How many more renditions could be taken over.'),
  upgrade: upgradeSchema.optional(),
});
export type CompressorPoolStatus = z.infer<typeof compressorPoolStatusSchema>;

export const compressorPoolKind: KindDefinition = {
  kind: 'CompressorPool',
  plural: 'compressorpools',
  singular: 'compressorpool',
  shortName: 'cpool',
  description: 'Workers that encode renditions of camera streams, and whose number follows their load.',
  spec: compressorPoolSpecSchema,
  status: compressorPoolStatusSchema,
  scale: {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  },
  columns: [
    ...READY_COLUMNS,
    { name: 'Workers', type: 'integer', jsonPath: '.status.replicas' },
    { name: 'Assigned', type: 'integer', jsonPath: '.status.assigned' },
    { name: 'Waiting', type: 'integer', jsonPath: '.status.waiting' },
    { name: 'Sites', type: 'integer', jsonPath: '.status.sites' },
    ...LAST_COLUMNS,
  ],
};
