/** What people would write: one relay, and sites of so many cameras, ten to a namespace. */

export const RELAY = { name: 'main', namespace: 'video' } as const;
const SITES_PER_NAMESPACE = 10;

export interface SiteManifest {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

export function listNamespaces(sites: number): string[] {
  const count = Math.ceil(sites / SITES_PER_NAMESPACE);
  return [RELAY.namespace, ...Array.from({ length: count }, (_, index) => `team-${index}`)];
}

export function makeRelay(): object {
  return {
    apiVersion: 'cupola.dev/v1alpha1',
    kind: 'MasterRelay',
    metadata: RELAY,
    spec: { allowedSites: { namespaces: { from: 'All' } } },
  };
}

/** Of each five cameras three push twice, one pushes once and one is pulled. */
export function makeSite(index: number, cameras: number): SiteManifest {
  const site = {
    apiVersion: 'cupola.dev/v1alpha1',
    kind: 'Site',
    metadata: {
      name: `site-${index}`,
      namespace: `team-${Math.floor(index / SITES_PER_NAMESPACE)}`,
    },
    spec: {
      relayRef: RELAY,
      cameras: Array.from({ length: cameras }, (_, camera) => ({
        name: `camera-${camera}`,
        ...(camera % 5 === 4
          ? { pull: { url: `rtsp://camera-${camera}.site-${index}.example.com:554/stream` } }
          : { push: { sides: camera % 5 === 3 ? 'Active' : 'Both' } }),
      })),
    },
  };
  return site;
}
