import { z } from 'zod';

export const objectNameSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
export const namespaceNameSchema = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);

/** A tier that is shared. It decides with `allowedSites` whether the Site may use it. */
export const tierRefSchema = z.strictObject({
  name: objectNameSchema,
  namespace: namespaceNameSchema.optional().describe("The tier's namespace; the Site's own where left out."),
});
export type TierRef = z.infer<typeof tierRefSchema>;

/** A Secret of type kubernetes.io/basic-auth in the same namespace. */
export const credentialRefSchema = z
  .strictObject({ name: objectNameSchema })
  .describe(
    'A Secret of type kubernetes.io/basic-auth in the same namespace, with the keys username and password.',
  );
export type CredentialRef = z.infer<typeof credentialRefSchema>;
