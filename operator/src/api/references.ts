import { z } from 'zod';
import { matching } from './structural.ts';

/** RFC 1123, written short: the API server budgets a rule by the length of its expression and of its lists. */
const DNS_LABEL = /^[a-z\d](-*[a-z\d])*$/;

/** The longest name of an object of ours: names made from it must stay below 63 characters. */
const MAX_OWN_NAME_LENGTH = 40;

/** A Service's name begins with a letter (RFC 1035), and Services carry these names. */
const OWN_NAME = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** The name of a Site, CameraFactory, CompressorPool or MasterRelay. */
export const ownNameSchema = matching(
  OWN_NAME,
  MAX_OWN_NAME_LENGTH,
  'must be the name of a Cupola object: lower case letters, digits and hyphens, beginning with a letter, without dots',
);

/** The part of a stream's path that stands for one camera, or for one remote cluster. */
export function pathSegmentSchema(whose: string) {
  return matching(
    DNS_LABEL,
    63,
    `${whose} takes lower case letters, digits and hyphens, and begins and ends with a letter or digit, as in gate-1`,
  );
}

export const namespaceNameSchema = matching(
  DNS_LABEL,
  63,
  'must be the name of a namespace: lower case letters, digits and hyphens',
);

const secretNameSchema = matching(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
  253,
  'must be the name of a Secret: lower case letters, digits, hyphens and dots',
);

/** A tier that is shared. It decides with `allowedSites` whether the Site may use it. */
export const tierRefSchema = z.strictObject({
  name: ownNameSchema.describe("The tier's name."),
  namespace: namespaceNameSchema.optional().describe("The tier's namespace; the Site's own where left out."),
});
export type TierRef = z.infer<typeof tierRefSchema>;

/** A Secret of type kubernetes.io/basic-auth in the same namespace. */
export const credentialRefSchema = z
  .strictObject({ name: secretNameSchema.describe("The Secret's name.") })
  .describe(
    'A Secret of type kubernetes.io/basic-auth in the same namespace, with the keys username and password.',
  );
export type CredentialRef = z.infer<typeof credentialRefSchema>;
