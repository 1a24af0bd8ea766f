/** Everything of a Site that a person must mend. */
import { CONDITIONS } from '../api/condition.ts';
import { PROBLEM_REASONS, type ProblemReason } from '../api/reasons.ts';
import { resolveSource } from '../render/camera-source.ts';
import { findFactoryOf, findRelayOf } from '../topology/membership.ts';
import type { Problem } from '../topology/problem.ts';
import { MAX_SHARDS } from '../topology/sticky-shards.ts';
import { originalPath } from '../topology/stream-paths.ts';
import type { Factory, Site } from '../topology/tiers.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import type { CameraProgress } from './observed-camera.ts';

export function listSiteProblems(
  context: ReconcileContext,
  view: ClusterView,
  site: Site,
  cameras: readonly CameraProgress[],
): Problem[] {
  const factory = findFactoryOf(site, view);
  const memberships = [factory, findRelayOf(site, view)];
  const refs = memberships.flatMap((found) =>
    found !== undefined && 'problem' in found ? [found.problem] : [],
  );
  const secrets = site.spec.cameras.flatMap((camera) => {
    const path = originalPath(site.namespace, site.name, camera.name);
    return resolveSource({ site, camera, path }, view, undefined).problem ?? [];
  });
  const carrier = factory !== undefined && 'tier' in factory ? factory.tier : undefined;
  return [
    ...refs,
    ...secrets,
    ...(carrier === undefined ? [] : listFullTiers(cameras)),
    ...(carrier === undefined ? [] : listOwnFactoryProblems(context, site, carrier)),
  ];
}

/** A camera that waits for a place in a tier that has all the shards that it may have. */
function listFullTiers(cameras: readonly CameraProgress[]): Problem[] {
  const tiers = cameras.flatMap(({ waitsFor }) => (waitsFor?.step === 'place' ? [waitsFor.tier] : []));
  return [...new Set(tiers)]
    .filter((tier) => tier.shardCount >= MAX_SHARDS && tier.isFull())
    .map((tier) => ({
      reason: PROBLEM_REASONS.tierFull,
      field: 'spec.cameras',
      message: `${tier.title} has ${MAX_SHARDS} shards, all of them full`,
      remedy: `raise its ${tier.capacityField}, or use another one`,
    }));
}

/** A factory made from the Site is mended in the Site. */
function listOwnFactoryProblems({ caches }: ReconcileContext, site: Site, factory: Factory): Problem[] {
  if (factory.ownerSite !== site.name || site.spec.factoryRef !== undefined) return [];
  const status = caches.CameraFactory.get(factory.namespace, factory.name)?.status;
  const stalled = status?.conditions?.find(({ type }) => type === CONDITIONS.stalled);
  if (stalled?.status !== 'True') return [];
  return [
    {
      reason: stalled.reason as ProblemReason,
      field: 'spec.factory',
      message: `the CameraFactory made from it is stalled by its ${stalled.message.replace(/\.$/, '')}`,
      remedy: 'change it here, not there',
    },
  ];
}
