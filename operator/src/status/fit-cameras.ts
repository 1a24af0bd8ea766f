import { PROBLEM_REASONS } from '../api/reasons.ts';
import type { CameraStatus } from '../api/site.ts';
import type { Problem } from '../topology/problem.ts';
import { fitItems, type Shortening } from './fit-items.ts';

/** What a person misses least comes first. */
const SHORTENINGS: readonly Shortening<CameraStatus>[] = [
  ({ renditions, ...camera }) =>
    renditions ? { ...camera, renditions: renditions.map(dropAddresses) } : camera,
  dropAddresses,
  ({ renditions: _, ...camera }) => camera,
  () => undefined,
];

/** The cameras of a Site's status, within `roomBytes`. */
export function fitCameras(
  cameras: readonly CameraStatus[],
  roomBytes: number,
): { cameras: CameraStatus[]; problems: Problem[] } {
  const { items, shortened } = fitItems(cameras, roomBytes, SHORTENINGS);
  if (shortened === 0) return { cameras: items, problems: [] };
  const problem: Problem = {
    reason: PROBLEM_REASONS.statusTooLarge,
    field: 'spec.cameras',
    message: `Kubernetes stores no status with all addresses of this Site; those of the last ${shortened} of its ${cameras.length} cameras are left out of it, in whole or in part, though all are served`,
    remedy: 'move some cameras to another Site, or use fewer profiles or shorter names',
  };
  return { cameras: items, problems: [problem] };
}

function dropAddresses<T extends Pick<CameraStatus, 'urls' | 'publish'>>({
  urls: _,
  publish: __,
  ...rest
}: T): Omit<T, 'urls' | 'publish'> {
  return rest;
}
