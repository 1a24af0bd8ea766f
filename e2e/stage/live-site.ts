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
export function hasAddresses(
  site: LiveSite,
  { name, push }: { name: string; push?: { sides?: string } },
): boolean {
  const { urls, publish } = findCamera(site, name) ?? {};
  const needed = push === undefined ? [] : push.sides === 'Active' ? ['active'] : ['primary', 'backup'];
  return urls?.rtsp !== undefined && needed.every((side) => side in (publish ?? {}));
}

function isCurrent(site: LiveSite): boolean {
  return site.status?.observedGeneration === site.metadata.generation;
}
