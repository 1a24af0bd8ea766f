import type { CameraStatus, RenditionStatus, SiteStatus } from '../../operator/src/api/site.ts';
import type { Kubectl, KubeObject } from './kubectl.ts';

export type LiveSite = KubeObject & { readonly status?: SiteStatus };

/** Watches a Site until the check is true; only a status that speaks of the newest spec counts. */
export function untilSite(
  kubectl: Kubectl,
  { namespace, name }: { namespace: string; name: string },
  what: string,
  budgetMs: number,
  check: (site: LiveSite) => boolean,
): Promise<LiveSite> {
  const sites = `/apis/cupola.dev/v1alpha1/namespaces/${namespace}/sites`;
  return kubectl.until<LiveSite, LiveSite>(
    `${what} of Site ${namespace}/${name}`,
    `${sites}?fieldSelector=metadata.name%3D${name}`,
    ([site]) => (site !== undefined && isCurrent(site) && check(site) ? site : undefined),
    budgetMs,
  );
}

export function findCamera(site: LiveSite, camera: string): CameraStatus | undefined {
  return site.status?.cameras?.find(({ name }) => name === camera);
}

export function findRendition(
  site: LiveSite,
  camera: string,
  rendition: string,
): RenditionStatus | undefined {
  return findCamera(site, camera)?.renditions?.find(({ name }) => name === rendition);
}

/** Whether a condition is True. */
export function isCondition(site: LiveSite, type: string): boolean {
  return site.status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
}

/** Whether the status says where viewers find this camera and, for one that pushes, where it pushes. */
export function hasAddresses(site: LiveSite, camera: { name: string; push?: unknown }): boolean {
  const { urls, publish = {} } = findCamera(site, camera.name) ?? {};
  const isWhole = 'active' in publish || ('primary' in publish && 'backup' in publish);
  return urls?.rtsp !== undefined && (camera.push === undefined || isWhole);
}

function isCurrent(site: LiveSite): boolean {
  return site.status?.observedGeneration === site.metadata.generation;
}
