import type { Side } from '../api/labels.ts';
import { needsApply } from '../diff/needs-apply.ts';
import { otherSide } from '../failover/decide.ts';
import type { DesiredObject } from '../render/desired-object.ts';
import { qualify, workloadName } from '../topology/names.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { ReconcileContext } from './context.ts';
import { isServing } from './heard-paths.ts';
import type { TierName } from './observed-tiers.ts';

/** One shard whose active side has an older pod template than it should have. */
export interface HeldSide {
  shard: number;
  /** The Deployment that must wait, by name. */
  deployment: string;
  activeSide: Side;
  /** Whether the other side has the new template, and is ready with it: only the switch is waited for. */
  isOtherDone: boolean;
}

/**
 * What must wait: a changed pod template goes to a shard's standby side first, and to its active side once that is
 * active no more. So a new image or new resources never take both sides at once, a template that does not work stops
 * at the side that nobody needs, and viewers and cameras are on the other side before their pod goes.
 */
export function listHeldSides(
  { caches, states }: Pick<ReconcileContext, 'caches' | 'states'>,
  { namespace, prefix }: TierName,
  desired: readonly DesiredObject[],
  shards: readonly ObservedShard[],
): HeldSide[] {
  const deployments = new Map(
    desired.filter(({ kind }) => kind === 'Deployment').map((object) => [object.metadata.name, object]),
  );
  const isDue = (workload: string): boolean => {
    const object = deployments.get(workload);
    const live = caches.Deployment.get(namespace, workload);
    return object !== undefined && live !== undefined && needsApply(object, live);
  };
  return shards.flatMap((observed, shard) => {
    const { activeSide } = observed;
    const deployment = workloadName(prefix, shard, activeSide);
    const standby = observed.sides[otherSide(activeSide)].deployment;
    // A pod that fails a probe for a moment serves all the same.
    const isNeeded =
      observed.sides[activeSide].deployment?.isReady || isServing(states, qualify(namespace, deployment));
    if (!isNeeded || !isDue(deployment)) return [];
    const isOtherDue = isDue(workloadName(prefix, shard, otherSide(activeSide)));
    const isOtherDone = standby?.isReady === true && !standby.isRollingOut && !isOtherDue;
    return [{ shard, deployment, activeSide, isOtherDone }];
  });
}
