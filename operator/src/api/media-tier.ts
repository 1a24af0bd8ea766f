/** What a CameraFactory and a MasterRelay have in common. */
import { z } from 'zod';
import { SIDES } from './labels.ts';
import { credentialRefSchema } from './references.ts';
import { asListMap, asSet, matching, type ValidationRule, withRules } from './structural.ts';
import { upgradeSchema } from './upgrade.ts';

export const PROTOCOLS = ['RTSP', 'RTMP', 'SRT', 'HLS', 'WebRTC'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** RTSP is always on: the tiers read from each other by it. */
export function protocolsSchema(defaults: Protocol[]) {
  const list = asSet(z.array(z.enum(PROTOCOLS)).min(1).max(PROTOCOLS.length));
  return withRules(list, {
    rule: "self.exists(protocol, protocol == 'RTSP')",
    message: 'RTSP must be among the protocols: the tiers read from each other by it',
  }).default(defaults);
}

/** Who may read streams from a tier, beside the tiers after it. */
export const viewersSchema = withRules(
  z.strictObject({
    access: z
      .enum(['Users', 'Open'])
      .default('Users')
      .describe('Users: with a user name and password. Open: anybody who can reach the tier.'),
    credentialsSecretRefs: asListMap(z.array(credentialRefSchema).min(1).max(64), 'name')
      .optional()
      .describe(
        'One Secret a user. Where left out, one user is generated in the Secret that status.viewersSecret names.',
      ),
  }),
  {
    rule: "self.access != 'Open' || !has(self.credentialsSecretRefs)",
    message:
      'access: Open asks nobody for a credential; leave credentialsSecretRefs out, or set access: Users',
    fieldPath: '.credentialsSecretRefs',
    reason: 'FieldValueForbidden',
  },
).describe('Who may watch the streams of this tier.');
export type Viewers = z.infer<typeof viewersSchema>;

const quantitySchema = matching(
  /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi)?$/,
  20,
  'must be a positive quantity, as in 500m or 256Mi',
);
const quantitiesSchema = z.strictObject({
  cpu: quantitySchema.optional().describe('Cores, as in 500m or "2".'),
  memory: quantitySchema.optional().describe('Bytes, as in 256Mi.'),
});
const containerResourcesSchema = withRules(
  z.strictObject({
    requests: quantitiesSchema.optional().describe('What is set aside for the container.'),
    limits: quantitiesSchema.optional().describe('What the container may use at most.'),
  }),
  atMostItsLimit('cpu'),
  atMostItsLimit('memory'),
);

function atMostItsLimit(resource: 'cpu' | 'memory'): ValidationRule {
  const both = `has(self.requests) && has(self.limits) && has(self.requests.${resource}) && has(self.limits.${resource})`;
  const request = `self.requests.${resource}`;
  const limit = `self.limits.${resource}`;
  return {
    rule: `!(${both}) || !isQuantity(${request}) || !isQuantity(${limit}) || quantity(${request}).compareTo(quantity(${limit})) <= 0`,
    message: `requests.${resource} must be at most limits.${resource}; lower the one or raise the other`,
    fieldPath: '.requests',
  };
}

export const resourcesSchema = z
  .strictObject({
    mediamtx: containerResourcesSchema.optional().describe('Of the container mediamtx.'),
    agent: containerResourcesSchema.optional().describe('Of the container agent.'),
  })
  .describe('Requests and limits of the two containers of each media pod.');
export type Resources = z.infer<typeof resourcesSchema>;

const secondsSchema = z.number().int().min(0).max(3_600);

/** Changes plans alone. */
export const holdSecondsSchema = secondsSchema
  .default(30)
  .describe('How long viewers stay attached, without pictures, to a stream whose sources are all gone.');

/** Part of the pod's grace period: a change makes the pods anew. */
export function drainSecondsSchema(defaultSeconds: number) {
  return secondsSchema
    .default(defaultSeconds)
    .describe('How long viewers may go on when their pod is shut down. A change restarts the pods.');
}

export const lastSwitchSchema = z
  .strictObject({
    from: z.enum(SIDES).describe('The side that was active before.'),
    to: z.enum(SIDES).describe('The side that is active since.'),
    reason: z.string().describe('One word; docs/conditions.md lists them.'),
    at: z.iso.datetime().describe('When it was decided.'),
    detectMs: z
      .number()
      .int()
      .describe('How long at most the fault had been there when it was decided; 0 where nothing had failed.'),
    switchMs: z
      .number()
      .int()
      .optional()
      .describe('From the decision until the operator saw the Service switched; unknown after its restart.'),
  })
  .describe('The last switch of the active side.');
export type LastSwitch = z.infer<typeof lastSwitchSchema>;

/** What both sides of one shard say of themselves. */
const shardStatusSchema = z.strictObject({
  shard: z.number().int().describe("The shard's number, as in its Services' names."),
  activeSide: z.enum(['primary', 'backup']).describe('The side that the active Service points to.'),
  primaryReady: z.boolean().describe('Whether the primary pod is ready.'),
  backupReady: z.boolean().describe('Whether the backup pod is ready.'),
  streams: z.number().int().describe('How many streams the shard is to carry.'),
  lastSwitch: lastSwitchSchema.optional(),
  upgrade: upgradeSchema.optional(),
});
export type ShardStatus = z.infer<typeof shardStatusSchema>;

export const shardStatusesSchema = asListMap(z.array(shardStatusSchema), 'shard').describe(
  'The shards, and which of their sides is in charge.',
);
