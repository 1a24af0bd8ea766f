import { SIDES, type Side } from '../api/labels.ts';
import { needsApply } from '../diff/needs-apply.ts';
import type { Caches } from '../kube/caches.ts';
import type { DesiredObject } from '../render/desired-object.ts';
import { workloadName } from '../topology/names.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { TierName } from './observed-tiers.ts';

/**
 * The Deployments that must wait, by name: a changed pod template goes to a shard's standby side first, and to
 * its active side once the standby is ready with it. So a new image or new resources never take both sides at
 * once, and a template that does not work stops at the side that nobody needs.
 */
export function listHeldDeployments(
  caches: Caches,
  { namespace, prefix }: TierName,
  desired: readonly DesiredObject[],
  shards: readonly ObservedShard[],
): ReadonlySet<string> {
  const deployments = new Map(
    desired.filter(({ kind }) => kind === 'Deployment').map((object) => [object.metadata.name, object]),
  );
  const isDue = (workload: string): boolean => {
    const object = deployments.get(workload);
    const live = caches.Deployment.get(namespace, workload);
    return object !== undefined && live !== undefined && needsApply(object, live);
  };
  const held = shards.flatMap((observed, shard) => {
    const active = workloadName(prefix, shard, observed.activeSide);
    const standby = workloadName(prefix, shard, otherSide(observed.activeSide));
    const standbySide = observed.sides[otherSide(observed.activeSide)].deployment;
    if (!observed.sides[observed.activeSide].deployment?.isReady || !isDue(active)) return [];
    const isStandbyDone = standbySide?.isReady && !standbySide.isRollingOut && !isDue(standby);
    return isStandbyDone ? [] : [active];
  });
  return new Set(held);
}

function otherSide(side: Side): Side {
  return side === SIDES[0] ? SIDES[1] : SIDES[0];
}
