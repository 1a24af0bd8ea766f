import type { Credential, Reader } from '@cupola/protocol';
import type { Viewers } from '../api/media-tier.ts';
import { type CredentialSecrets, readBasicAuth } from '../topology/basic-auth.ts';
import { viewerSecretName } from '../topology/names.ts';
import type { Problem } from '../topology/problem.ts';
import type { MediaTier } from './media-tier.ts';

export interface ViewerAccess {
  readers: Reader[];
  openToReaders: boolean;
  problems: Problem[];
}

/** What viewers of a tier may read: all its originals and renditions, a remote cluster's with them. */
const VIEWER_PATHS = ['original/', 'compressed/'];

/** Whether the operator makes the tier's viewer. */
export function needsGeneratedViewer(viewers: Viewers): boolean {
  return viewers.access === 'Users' && viewers.credentialsSecretRefs === undefined;
}

/**
 * Who may watch a tier. A viewer whose Secret is gone may not: taking a Secret away is how access is taken away,
 * so here, other than with cameras, nothing is kept from the last plan.
 */
export function resolveViewers(tier: MediaTier, viewers: Viewers, secrets: CredentialSecrets): ViewerAccess {
  if (viewers.access === 'Open') return { readers: [], openToReaders: true, problems: [] };
  const names = needsGeneratedViewer(viewers)
    ? [{ name: viewerSecretName(tier.prefix), field: 'status.viewersSecret' }]
    : (viewers.credentialsSecretRefs ?? []).map(({ name }, index) => {
        return { name, field: `spec.viewers.credentialsSecretRefs[${index}]` };
      });
  const credentials: Credential[] = [];
  const problems: Problem[] = [];
  for (const { name, field } of names) {
    const read = readBasicAuth(secrets, tier.namespace, { name }, field);
    if ('problem' in read) problems.push(read.problem);
    else credentials.push(read.credential);
  }
  const readers = credentials.map((credential) => ({ credential, paths: VIEWER_PATHS }));
  return { readers, openToReaders: false, problems };
}
