/** The manifests that scenarios apply, as the examples have them but for names and addresses. */
import type { Camera } from '../../operator/src/api/site.ts';

const API_VERSION = 'cupola.dev/v1alpha1';

export type CameraManifest = Pick<Camera, 'name'> & {
  push?: { sides?: 'Both' | 'Active'; credentialsSecretRef?: { name: string } };
  pull?: { url: string; sides?: 'Both' | 'Active'; credentialsSecretRef?: { name: string } };
  compression?: object;
};

/** What a Site says of renditions, beside its cameras. */
export interface RenditionsManifest {
  readonly compression?: object;
  readonly pool?: object;
  readonly poolRef?: { readonly name: string };
}

/** A MasterRelay that viewers reach by the entry node. */
export function relayManifest(namespace: string, host: string): object {
  return {
    apiVersion: API_VERSION,
    kind: 'MasterRelay',
    metadata: { name: 'relay', namespace },
    spec: { exposure: { type: 'NodePort', host } },
  };
}

/** A Site with a factory of its own, that cameras reach by the entry node, and the namespace's relay. */
export function siteManifest(
  namespace: string,
  name: string,
  host: string,
  cameras: readonly CameraManifest[],
  renditions: RenditionsManifest = {},
): object {
  return {
    apiVersion: API_VERSION,
    kind: 'Site',
    metadata: { name, namespace },
    spec: {
      cameras,
      factory: { exposure: { type: 'NodePort', host } },
      relayRef: { name: 'relay' },
      ...renditions,
    },
  };
}

export function basicAuthManifest(namespace: string, name: string, user: string, password: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'kubernetes.io/basic-auth',
    stringData: { username: user, password },
  };
}
