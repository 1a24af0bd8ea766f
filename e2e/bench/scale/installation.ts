import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeClient, KubeObject } from './kube-client.ts';

type Manifest = KubeObject & { apiVersion: string; kind: string };

const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
]);

/**
 * Applies the plain manifests as a person would with kubectl, but for the operator's Deployment, which nobody here would
 * run. Gives the namespace and ServiceAccount that the manifests name.
 */
export async function installManifests(
  client: KubeClient,
  root: string,
): Promise<{ namespace: string; serviceAccount: string }> {
  const manifests = parseAllDocuments(readFileSync(path.join(root, 'manifests/cupola.yaml'), 'utf8'))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
  for (const manifest of manifests) {
    if (manifest.kind !== 'Deployment') await client.apply(pathOf(manifest), manifest);
  }
  const account = manifests.find(({ kind }) => kind === 'ServiceAccount')?.metadata;
  return { namespace: account?.namespace ?? '', serviceAccount: account?.name ?? '' };
}

/** Where the API server keeps an object of a kind that it is known for. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = CLUSTER_WIDE.has(kind) ? '' : `/namespaces/${metadata.namespace}`;
  return `${base}${scope}/${kind.toLowerCase()}s/${metadata.name}`;
}
