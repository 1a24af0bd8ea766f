/**
 * A changed pod template goes to a shard's standby side first, and to its active side once that is active no more. So a
 * new image or new resources never take both sides at once, a template that does not work stops at the side that nobody
 * needs, and viewers and cameras are on the other side before their pod goes. Where both sides serve, the shard needs a
 * place for it (topology/upgrade-queue.ts); a side that does not serve has nothing to lose, and gets it at once.
 */
import type { Side } from '../api/labels.ts';
import { needsApply } from '../diff/needs-apply.ts';
import { otherSide } from '../failover/decide.ts';
import type { DesiredObject } from '../render/desired-object.ts';
import { activeServiceName, qualify, workloadName } from '../topology/names.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { UpgradeNeed } from '../topology/upgrade-queue.ts';
import type { ReconcileContext } from './context.ts';
import { isServing } from './heard-paths.ts';
import type { TierName } from './observed-tiers.ts';

export interface ShardRollout extends UpgradeNeed {
  activeSide: Side;
  /** Deployments that must stay as they are for now, by name. */
  held: string[];
  /** The side to switch to, which has the new template and is ready with it while the active one waits for that. */
  done?: Side;
}

/** One side of a shard, as an upgrade sees it. */
interface UpgradedSide {
  name: string;
  /** Whether its Deployment is not as it should be. */
  isDue: boolean;
  /** Whether it serves, or would at once. */
  isNeeded: boolean;
  /** Whether all that was asked of its Deployment is there. */
  isSettled: boolean;
}

/** `hasPlace`: by number, whether the shard's pods may be replaced. */
export function planRollout(
  { caches, states, switching }: Pick<ReconcileContext, 'caches' | 'states' | 'switching'>,
  { namespace, prefix }: TierName,
  desired: readonly DesiredObject[],
  { shards, hasPlace }: { shards: readonly ObservedShard[]; hasPlace: (shard: number) => boolean },
): ShardRollout[] {
  const deployments = new Map(
    desired.filter(({ kind }) => kind === 'Deployment').map((object) => [object.metadata.name, object]),
  );
  return shards.map(({ activeSide, sides }, shard) => {
    const look = (side: Side): UpgradedSide => {
      const name = workloadName(prefix, shard, side);
      const [object, live] = [deployments.get(name), caches.Deployment.get(namespace, name)];
      const { isReady = false, isRollingOut = false } = sides[side].deployment ?? {};
      return {
        name,
        isDue: object !== undefined && live !== undefined && needsApply(object, live),
        // A pod that fails a probe for a moment serves all the same.
        isNeeded: isReady || isServing(states, qualify(namespace, name)),
        isSettled: isReady && !isRollingOut,
      };
    };
    const to = otherSide(activeSide);
    const steps = planSides(look(activeSide), look(to), hasPlace(shard));
    const { mayActiveGo, mayStandbyGo, held, isUnfinished } = steps;
    const service = qualify(namespace, activeServiceName(prefix, shard));
    const isLacking = (mayActiveGo || mayStandbyGo) && switching.explainHold(service) !== undefined;
    return {
      ...{ activeSide, held, isUnfinished, isLacking },
      isHeldUp: mayActiveGo && isLacking,
      isWanted: mayStandbyGo || (mayActiveGo && !isLacking),
      ...(mayActiveGo && { done: to }),
    };
  });
}

function planSides(active: UpgradedSide, standby: UpgradedSide, hasPlace: boolean) {
  // While nobody is served by the active side, the other one is about to be it.
  const mayStandbyGo = standby.isDue && standby.isNeeded && active.isNeeded;
  const isHeld = (side: UpgradedSide) =>
    side.isDue && side.isNeeded && !(side === standby && mayStandbyGo && hasPlace);
  return {
    mayStandbyGo,
    mayActiveGo: active.isDue && active.isNeeded && standby.isSettled && !standby.isDue,
    held: [active, standby].filter(isHeld).map(({ name }) => name),
    isUnfinished: [active, standby].some(({ isDue, isSettled }) => isDue || !isSettled),
  };
}
