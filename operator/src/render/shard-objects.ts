import { SIDES } from '../api/labels.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import { renderActiveService } from './active-service.ts';
import type { DesiredObject } from './desired-object.ts';
import { renderDisruptionBudget } from './disruption-budget.ts';
import { renderMediaDeployment } from './media-deployment.ts';
import type { MediaTier, PodSettings } from './media-tier.ts';
import { renderSideService } from './side-service.ts';

/** Everything of a shard but its plans, in the order in which it is to be applied. */
export function renderShardObjects(
  tier: MediaTier,
  shard: number,
  observed: ObservedShard,
  settings: PodSettings,
): DesiredObject[] {
  const services = SIDES.map((side) => renderSideService({ tier, shard, side }, observed.sides[side]));
  const deployments = SIDES.map((side) => {
    return renderMediaDeployment({ tier, shard, side }, observed.sides[side], settings);
  });
  return [
    renderActiveService(tier, shard, observed),
    ...services,
    renderDisruptionBudget(tier, shard),
    ...deployments.filter((deployment) => deployment !== undefined),
  ];
}
