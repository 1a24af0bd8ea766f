import { encodeText } from '../topology/basic-auth.ts';
import { viewerSecretName } from '../topology/names.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier } from './media-tier.ts';

/** The tier's generated viewer. Made once and never written again: a person may change it. */
export function renderViewerSecret(tier: MediaTier, password: string): DesiredObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: describeOwned(tier, viewerSecretName(tier.prefix), labelTier(tier.kind, tier.name)),
    type: 'kubernetes.io/basic-auth',
    data: { username: encodeText('viewer'), password: encodeText(password) },
  };
}
