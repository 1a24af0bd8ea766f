import { z } from 'zod';
import { asListMap } from './structural.ts';

/** A condition as Kubernetes' own objects carry it (meta/v1 Condition), readable by kstatus. */
const conditionSchema = z.strictObject({
  type: z
    .string()
    .max(316)
    .describe('Ready, Reconciling, Stalled, Redundant, Encoding, CapacityAvailable or AddressesListed.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it is so.'),
  reason: z.string().max(1024).describe('One word for programs; docs/conditions.md lists them.'),
  message: z.string().max(32_768).describe('What is the matter and what to do about it.'),
  lastTransitionTime: z.iso.datetime().describe('When `status` last changed.'),
  observedGeneration: z.number().int().describe('The generation of the object that this was said of.'),
});
export type Condition = z.infer<typeof conditionSchema>;

export const conditionsSchema = asListMap(z.array(conditionSchema), 'type').describe(
  'What is the case with this object; docs/conditions.md lists types and reasons.',
);

export const CONDITIONS = {
  ready: 'Ready',
  reconciling: 'Reconciling',
  stalled: 'Stalled',
  redundant: 'Redundant',
  encoding: 'Encoding',
  capacityAvailable: 'CapacityAvailable',
  addressesListed: 'AddressesListed',
} as const;
