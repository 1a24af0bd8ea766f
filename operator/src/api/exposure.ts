import { z } from 'zod';

/** A DNS name or IPv4 address, without scheme or port. */
export const hostSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/);

/** How cameras and viewers outside the cluster reach a tier's Services. */
export const exposureSchema = z
  .strictObject({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).default('ClusterIP'),
    host: hostSchema
      .optional()
      .describe(
        'The name or address that stands in URLs and that WebRTC announces: of a node for NodePort (required there), of the load balancer for LoadBalancer (its own address where left out).',
      ),
    annotations: z
      .record(z.string(), z.string())
      .optional()
      .describe('Annotations for the Services, for example what a cloud needs to make a load balancer.'),
  })
  .describe('How cameras and viewers outside the cluster reach this tier.');
export type Exposure = z.infer<typeof exposureSchema>;
