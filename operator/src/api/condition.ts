import { z } from 'zod';

/** A condition as Kubernetes' own objects carry it (meta/v1 Condition), readable by kstatus. */
export const conditionSchema = z.strictObject({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: z.string(),
  observedGeneration: z.number().int(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const CONDITIONS = {
  ready: 'Ready',
  reconciling: 'Reconciling',
  stalled: 'Stalled',
  redundant: 'Redundant',
} as const;
