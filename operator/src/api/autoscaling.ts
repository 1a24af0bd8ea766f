/** How the horizontal pod autoscaler sizes a pool. */
import { z } from 'zod';
import { withRules } from './structural.ts';

/** A pool has at most this many workers: it is planned as a whole. */
export const MAX_WORKERS = 200;

const targetSchema = z.number().int().min(1).max(100);

/** As autoscaling/v2 has them (HPAScalingRules); what is left out is Kubernetes' default. */
const scalingRulesSchema = z.strictObject({
  stabilizationWindowSeconds: z
    .number()
    .int()
    .min(0)
    .max(3_600)
    .optional()
    .describe('How long the strongest (down: weakest) recommendation of the past counts.'),
  selectPolicy: z
    .enum(['Max', 'Min', 'Disabled'])
    .optional()
    .describe('Which of several policies rules; Disabled: no scaling in this direction.'),
  policies: z
    .array(
      z.strictObject({
        type: z.enum(['Pods', 'Percent']).describe('What value counts.'),
        value: z.number().int().min(1).max(1_000).describe('How many workers, or percent of them.'),
        periodSeconds: z.number().int().min(1).max(1_800).describe('Within so many seconds.'),
      }),
    )
    .min(1)
    .max(8)
    .optional()
    .describe('How fast it may go.'),
});

const behaviorSchema = z.strictObject({
  scaleUp: scalingRulesSchema.optional().describe('Towards more workers.'),
  scaleDown: scalingRulesSchema.optional().describe('Towards fewer workers.'),
});

export const autoscalingSchema = withRules(
  z.strictObject({
    mode: z
      .enum(['Automatic', 'Manual'])
      .default('Automatic')
      .describe('Automatic: a HorizontalPodAutoscaler writes replicas. Manual: a person does.'),
    minReplicas: z.number().int().min(1).max(MAX_WORKERS).default(2).describe('The fewest workers.'),
    maxReplicas: z.number().int().min(1).max(MAX_WORKERS).default(10).describe('The most workers.'),
    cpuPercent: targetSchema.default(70).describe('CPU used, in percent of what the pods ask for.'),
    memoryPercent: targetSchema.default(80).describe('Memory used, in percent of what the pods ask for.'),
    behavior: behaviorSchema
      .optional()
      .describe('How fast it scales, as in a HorizontalPodAutoscaler of autoscaling/v2.'),
  }),
  {
    rule: 'self.minReplicas <= self.maxReplicas',
    message: 'minReplicas must be at most maxReplicas; lower the one or raise the other',
    fieldPath: '.minReplicas',
  },
).describe('How many workers there are.');
export type Autoscaling = z.infer<typeof autoscalingSchema>;
