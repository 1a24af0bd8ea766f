import type { PlannedPath } from '@cupola/protocol';
import { SIDES, type Side } from '../api/labels.ts';
import type { Camera } from '../api/site.ts';
import { qualify, tierPrefix, workloadName } from '../topology/names.ts';
import type { Factory } from '../topology/tiers.ts';

/** One side of a shard of a factory. */
interface FactorySide {
  factory: Factory;
  shard: number;
  side: Side;
}

/**
 * Says of what a camera pushes to both sides where the other push goes. Whatever the path said before is left out: a
 * source that is kept from the plan in force may be the other side's.
 */
export function nameOtherSide(
  { path, source }: PlannedPath,
  { push }: Camera,
  { factory, shard, side }: FactorySide,
): PlannedPath {
  if (source.from !== 'publish') return { path, source };
  const { from, credentials } = source;
  // What a camera pushes beside the stream that is pulled from it goes where it was sent: nobody has said where.
  if (push === undefined || push.sides === 'Active') return { path, source: { from, credentials } };
  const other = SIDES.find((each) => each !== side) ?? side;
  const workload = workloadName(tierPrefix('CameraFactory', factory.name), shard, other);
  return { path, source: { from, credentials, otherSide: qualify(factory.namespace, workload) } };
}
