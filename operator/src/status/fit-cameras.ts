import type { CameraStatus } from '../api/site.ts';
import { describeLeftOut } from './addresses-listed.ts';
import type { ConditionWord } from './condition-word.ts';
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
): { cameras: CameraStatus[]; words: ConditionWord[] } {
  const { items, shortened } = fitItems(cameras, roomBytes, SHORTENINGS);
  if (shortened === 0) return { cameras: items, words: [] };
  const what = `those of the last ${shortened} of ${cameras.length} cameras are left out, in whole or in part, though all are served`;
  const remedy = 'move some of spec.cameras to another Site, or use fewer profiles or shorter names';
  return { cameras: items, words: [describeLeftOut(what, remedy)] };
}

function dropAddresses<T extends Pick<CameraStatus, 'urls' | 'publish'>>({
  urls: _,
  publish: __,
  ...rest
}: T): Omit<T, 'urls' | 'publish'> {
  return rest;
}
