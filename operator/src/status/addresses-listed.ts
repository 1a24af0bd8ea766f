import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { ConditionWord } from './condition-word.ts';

/**
 * AddressesListed, where some are left out of a status that would be too large: all is served, so that this is no reason
 * not to be Ready. Nothing is said where all are there.
 */
export function describeLeftOut(what: string, remedy: string): ConditionWord {
  const message = `Kubernetes stores no status with all addresses: ${what}; ${remedy}`;
  return { type: CONDITIONS.addressesListed, status: 'False', reason: REASONS.statusTooLarge, message };
}
