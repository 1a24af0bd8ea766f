import { REASONS } from '../api/reasons.ts';
import type { Upgrade } from '../api/upgrade.ts';
import type { Pending } from './pending.ts';

/** A shard or pool that waits for its turn, or has it. */
export interface UpgradeTurn {
  upgrade: Upgrade;
  /** How many wait that come before it. */
  before: number;
  /** How many are upgraded at once. */
  limit: number;
}

/** What a person reads of it. `title`: as in `shard 0 of CameraFactory ns/name`. */
export function describeUpgrade(title: string, { upgrade, before, limit }: UpgradeTurn): Pending {
  if (upgrade.state === 'Rolling') {
    const message = `The pods of ${title} are being replaced, one after the other; if this lasts, kubectl describe its pods`;
    return { reason: REASONS.rollingOut, message };
  }
  const turn = before === 0 ? 'it is the next' : `before it wait ${roundCount(before)}`;
  const message = `The upgrade of ${title} waits for its turn, ${limit} at once: ${turn}; if this lasts, look for RollingOut in kubectl get cupola -A, as one that is stuck keeps its place`;
  return { reason: REASONS.upgradeWaiting, message };
}

/** In rough steps: a thousand that wait are not to have a thousand new messages each. */
function roundCount(count: number): string {
  const least = [1000, 500, 200, 100, 50, 20, 10].find((step) => count >= step);
  return least === undefined ? String(count) : `${least} or more`;
}
