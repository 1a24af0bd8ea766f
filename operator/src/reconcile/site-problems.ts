/** Everything of a Site that a person must mend. */
import { CONDITIONS } from '../api/condition.ts';
import { PROBLEM_REASONS, type ProblemReason } from '../api/reasons.ts';
import { resolveOwnStream, resolveSource } from '../render/camera-source.ts';
import { findFactoryOf, findPoolOf, findRelayOf } from '../topology/membership.ts';
import type { Problem } from '../topology/problem.ts';
import { findMissingHardware } from '../topology/rendition-hardware.ts';
import { listRenditions } from '../topology/renditions.ts';
import { MAX_SHARDS } from '../topology/sticky-shards.ts';
import { originalPath } from '../topology/stream-paths.ts';
import type { Factory, Pool, Site } from '../topology/tiers.ts';
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
  const pool = findPoolOf(site, view);
  const memberships = [factory, pool, findRelayOf(site, view)];
  const refs = memberships.flatMap((found) =>
    found !== undefined && 'problem' in found ? [found.problem] : [],
  );
  const secrets = site.spec.cameras.flatMap((camera) => {
    const path = originalPath(site.namespace, site.name, camera.name);
    return resolveSource({ site, camera, path }, view, undefined).problem ?? [];
  });
  const carrier = factory !== undefined && 'tier' in factory ? factory.tier : undefined;
  const encoder = pool !== undefined && 'tier' in pool ? pool.tier : undefined;
  return [
    ...refs,
    ...secrets,
    ...listRenditionProblems(view, site, encoder),
    ...(carrier === undefined ? [] : listFullTiers(cameras)),
    ...(carrier === undefined ? [] : listOwnTierProblems(site, carrier, OWN_FACTORY, context)),
    ...(encoder === undefined ? [] : listOwnTierProblems(site, encoder, OWN_POOL, context)),
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

/** Of streams of the cameras' own their Secrets, of encoded ones the hardware. */
function listRenditionProblems(view: ClusterView, site: Site, pool: Pool | undefined): Problem[] {
  return listRenditions(site).flatMap((rendition) => {
    const { camera, name } = rendition;
    if (rendition.from === 'camera') {
      return resolveOwnStream({ site, camera }, name, rendition.stream, view, undefined).problem ?? [];
    }
    const message = findMissingHardware(site, rendition, pool);
    if (message === undefined) return [];
    const remedy = 'leave hardware out of the profile, or use a pool that has it (spec.hardware of the pool)';
    const isOwn = camera.compression?.profiles?.some((profile) => profile.name === name) ?? false;
    const field = `spec.${isOwn ? `cameras[${camera.name}].` : ''}compression.profiles[${name}].video.hardware`;
    return [{ reason: PROBLEM_REASONS.hardwareNotOffered, field, message, remedy }];
  });
}

const OWN_FACTORY = { kind: 'CameraFactory', field: 'spec.factory', ref: 'factoryRef' } as const;
const OWN_POOL = { kind: 'CompressorPool', field: 'spec.pool', ref: 'poolRef' } as const;

/** A tier made from the Site is mended in the Site. */
function listOwnTierProblems(
  site: Site,
  tier: Factory | Pool,
  { kind, field, ref }: typeof OWN_FACTORY | typeof OWN_POOL,
  { caches }: ReconcileContext,
): Problem[] {
  if (tier.ownerSite !== site.name || site.spec[ref] !== undefined) return [];
  const status = caches[kind].get(tier.namespace, tier.name)?.status;
  const stalled = status?.conditions?.find(({ type }) => type === CONDITIONS.stalled);
  if (stalled?.status !== 'True') return [];
  return [
    {
      reason: stalled.reason as ProblemReason,
      field,
      message: `the ${kind} made from it is stalled by its ${stalled.message.replace(/\.$/, '')}`,
      remedy: 'change it here, not there',
    },
  ];
}
