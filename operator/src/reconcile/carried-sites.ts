import { findFactoryOf } from '../topology/membership.ts';
import { tierPrefix } from '../topology/names.ts';
import { readAssignment } from '../topology/plan-record.ts';
import type { CarriedSite } from '../topology/relay-layout.ts';
import type { Factory, Site } from '../topology/tiers.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { listPlans } from './observed-tiers.ts';

/** The Sites with their factories, each factory's plans read once however many Sites share it. */
export function listCarried(
  { caches }: Pick<ReconcileContext, 'caches'>,
  view: ClusterView,
  sites: readonly Site[],
): CarriedSite[] {
  const assignments = new Map<Factory, ReadonlyMap<string, number>>();
  return sites.flatMap((site) => {
    const membership = findFactoryOf(site, view);
    if (membership === undefined || 'problem' in membership) return [];
    const factory = membership.tier;
    const prefix = tierPrefix('CameraFactory', factory.name);
    const shardOf =
      assignments.get(factory) ?? readAssignment(listPlans(caches, { namespace: factory.namespace, prefix }));
    assignments.set(factory, shardOf);
    return [{ site, factory, findShard: (path) => shardOf.get(path) }];
  });
}
