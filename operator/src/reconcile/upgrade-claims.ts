/** Who waits for an upgrade, and who is being upgraded, as the statuses say. */
import type { Upgrade } from '../api/upgrade.ts';
import type { Caches, CameraFactoryObject, CompressorPoolObject, MasterRelayObject } from '../kube/caches.ts';
import type { Target } from '../kube/handlers.ts';
import { keyOf } from '../kube/object.ts';
import type { MediaKind } from '../topology/names.ts';
import type { UpgradeClaim } from '../topology/upgrade-queue.ts';
import { parseFactory, parsePool, parseRelay } from './parse.ts';

export type TierTarget = Target & { kind: MediaKind };

export interface TierClaim extends UpgradeClaim {
  tier: TierTarget;
  /** 0 of a pool. */
  shard: number;
}

type TierObject = CameraFactoryObject | CompressorPoolObject | MasterRelayObject;

/** Of all tiers but those that cannot be read: nothing goes on there. */
export function listClaims({ CameraFactory, CompressorPool, MasterRelay }: Caches): TierClaim[] {
  const factories = CameraFactory.list().filter((object) => 'value' in parseFactory(object));
  const pools = CompressorPool.list().filter((object) => 'value' in parsePool(object));
  const relays = MasterRelay.list().filter((object) => 'value' in parseRelay(object));
  return [
    ...factories.flatMap((object) => listClaimsOf('CameraFactory', object)),
    ...pools.flatMap((object) => listClaimsOf('CompressorPool', object)),
    ...relays.flatMap((object) => listClaimsOf('MasterRelay', object)),
  ];
}

export function listClaimsOf(kind: MediaKind, object: TierObject): TierClaim[] {
  if (object.metadata.deletionTimestamp !== undefined) return [];
  return listUpgrades(object).flatMap(({ shard, upgrade }) => {
    return upgrade === undefined ? [] : [claimFor({ kind, ...keyOf(object) }, shard, upgrade)];
  });
}

function listUpgrades({ status = {} }: TierObject): { shard: number; upgrade?: Upgrade | undefined }[] {
  if ('shards' in status) return status.shards ?? [];
  return 'upgrade' in status ? [{ shard: 0, upgrade: status.upgrade }] : [];
}

export function claimFor(tier: TierTarget, shard: number, upgrade: Upgrade): TierClaim {
  return { upgrade, tier, shard, id: `${identifyTier(tier)} ${shard}` };
}

export function identifyTier({ kind, namespace, name }: Target): string {
  return `${kind} ${namespace}/${name}`;
}
