import { z } from 'zod';
import { ruleOfNames } from './qualified-name.ts';
import { matching, withMaxProperties, withRules } from './structural.ts';

/** A DNS name or IPv4 address, without scheme or port. */
const hostSchema = matching(
  /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
  253,
  'must be a DNS name or an IPv4 address alone, without scheme, port or path, as in cameras.example.com',
);

/** How cameras and viewers outside the cluster reach a tier's Services. */
export const exposureSchema = withRules(
  z.strictObject({
    type: z
      .enum(['ClusterIP', 'NodePort', 'LoadBalancer'])
      .default('ClusterIP')
      .describe('The type of the Services that cameras and viewers use.'),
    host: hostSchema
      .optional()
      .describe(
        'The name or address that stands in URLs and that WebRTC announces: of a node for NodePort (required there), of the load balancer for LoadBalancer (its own address where left out).',
      ),
    annotations: withRules(
      withMaxProperties(z.record(z.string(), z.string().max(1024)), 32),
      ruleOfNames('annotations'),
      {
        rule: "self.all(key, !key.startsWith('cupola.dev/'))",
        message: 'annotations under cupola.dev/ are set by Cupola itself; leave them out',
        reason: 'FieldValueForbidden',
      },
    )
      .optional()
      .describe('Annotations for the Services, for example what a cloud needs to make a load balancer.'),
  }),
  {
    rule: "self.type != 'NodePort' || has(self.host)",
    message:
      'NodePort needs host: the name or address of a node by which cameras and viewers reach the cluster',
    fieldPath: '.host',
    reason: 'FieldValueRequired',
  },
  {
    rule: "self.type != 'ClusterIP' || !has(self.host)",
    message: 'host works with NodePort and LoadBalancer; set type to one of them, or leave host out',
    fieldPath: '.host',
    reason: 'FieldValueForbidden',
  },
).describe('How cameras and viewers outside the cluster reach this tier.');
export type Exposure = z.infer<typeof exposureSchema>;
