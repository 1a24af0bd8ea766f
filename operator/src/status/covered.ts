import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { PlacementPlan } from '../topology/placement/pool.ts';
import { type ConditionWord, nameSome } from './condition-word.ts';

/** Redundant, of a pool: the loss of any one node is made good by another worker, for each rendition. */
export function judgeCovered({ exposed }: Pick<PlacementPlan, 'exposed'>): ConditionWord {
  const type = CONDITIONS.redundant;
  if (exposed.length === 0) {
    const message = 'Each rendition survives the loss of a node';
    return { type, status: 'True', reason: REASONS.renditionsCovered, message };
  }
  const message = `Without a second worker on another node: ${nameSome(exposed)}; add workers, or nodes for them`;
  return { type, status: 'False', reason: REASONS.renditionsExposed, message };
}
