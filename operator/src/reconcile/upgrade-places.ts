import { isDeepStrictEqual } from 'node:util';
import type { Upgrade } from '../api/upgrade.ts';
import type { CacheChange, Caches } from '../kube/caches.ts';
import type { Target } from '../kube/handlers.ts';
import type { UpgradeTurn } from '../status/upgrade-pending.ts';
import { countBefore, listAdmitted } from '../topology/upgrade-queue.ts';
import {
  claimFor,
  identifyTier,
  listClaims,
  listClaimsOf,
  type TierClaim,
  type TierTarget,
} from './upgrade-claims.ts';

/** What came of the asking of one shard, or of a pool. */
export interface AssignedUpgrade extends UpgradeTurn {
  /** 0 of a pool. */
  shard: number;
}

/**
 * Who may replace pods whose template has changed. Who waits, and who has a place, stands in the statuses and nowhere
 * else: pods are replaced only where the status says so already, so that another replica or a restarted operator goes
 * on where this one was. What is on its way into a status is kept in mind until it is there.
 */
export class UpgradePlaces {
  readonly #caches: Caches;
  readonly #limit: number;
  readonly #isSettled: () => boolean;
  /** By tier. */
  readonly #unwritten = new Map<string, readonly TierClaim[]>();

  /** `isSettled`: whether agents have had the time to say what they have; before, nobody begins. */
  constructor(caches: Caches, limit: number, isSettled: () => boolean) {
    this.#caches = caches;
    this.#limit = limit;
    this.#isSettled = isSettled;
  }

  /**
   * Gives places to those of the tier whose turn it is. `upgrades`: of each shard, or of the pool. What comes out is to
   * go into the tier's status, and counts as there until `release`.
   */
  assign(tier: TierTarget, upgrades: readonly (Upgrade | undefined)[], nowMs: number): AssignedUpgrade[] {
    const { kind, namespace, name } = tier;
    const own = upgrades.flatMap((upgrade, shard) => {
      return upgrade === undefined ? [] : [claimFor({ kind, namespace, name }, shard, upgrade)];
    });
    this.#unwritten.set(identifyTier(tier), own);
    if (own.length === 0) return [];
    const admitted = new Set(this.#isSettled() ? listAdmitted(this.#listClaims(), this.#limit) : []);
    const since = new Date(nowMs).toISOString();
    const decided = own.map((claim): TierClaim => {
      return admitted.has(claim)
        ? { ...claim, upgrade: { ...claim.upgrade, state: 'Rolling', since } }
        : claim;
    });
    this.#unwritten.set(identifyTier(tier), decided);
    const standing = this.#listClaims();
    return decided.map((claim) => {
      const { shard, upgrade } = claim;
      return { shard, upgrade, before: countBefore(standing, claim), limit: this.#limit };
    });
  }

  /** The tier's status is written, or could not be. */
  release(tier: Target): void {
    this.#unwritten.delete(identifyTier(tier));
  }

  /** Who looks again when a place was given, or somebody wants none any more: he, and those whose turn it is. */
  route({ kind, change }: CacheChange): Target[] {
    if (kind !== 'CameraFactory' && kind !== 'CompressorPool' && kind !== 'MasterRelay') return [];
    const now = change.type === 'deleted' ? [] : listClaimsOf(kind, change.object);
    const before = change.type === 'added' ? [] : listClaimsOf(kind, change.previous);
    if (isDeepStrictEqual(now, before)) return [];
    const begun = now.filter(({ upgrade }) => upgrade.state === 'Rolling');
    return [...begun, ...listAdmitted(this.#listClaims(), this.#limit)].map(({ tier }) => tier);
  }

  #listClaims(): TierClaim[] {
    const written = listClaims(this.#caches).filter(({ tier }) => !this.#unwritten.has(identifyTier(tier)));
    return [...written, ...[...this.#unwritten.values()].flat()];
  }
}
