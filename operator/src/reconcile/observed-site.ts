/** What is said of a Site: by its tiers, its cameras' Secrets and the agents. */
import { CONDITIONS } from '../api/condition.ts';
import { REASONS } from '../api/reasons.ts';
import type { SiteObject } from '../kube/caches.ts';
import { needsGeneratedCredential } from '../render/camera-source.ts';
import { needsGeneratedViewer } from '../render/viewer-readers.ts';
import { isTrue } from '../status/condition-word.ts';
import { findListRoom } from '../status/fit-items.ts';
import type { Pending } from '../status/pending.ts';
import type { SiteObservation } from '../status/site-status.ts';
import { findFactoryOf } from '../topology/membership.ts';
import { cameraCredentialsName, type TierKind, tierPrefix, viewerSecretName } from '../topology/names.ts';
import { originalPath } from '../topology/stream-paths.ts';
import type { Factory, Relay, Site } from '../topology/tiers.ts';
import { CarryingTier } from './carrying-tier.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { type CameraProgress, observeCamera, type SiteTiers } from './observed-camera.ts';
import { observeRenditions, type SitePool } from './observed-rendition.ts';
import { listSiteProblems } from './site-problems.ts';

export function observeSite(
  context: ReconcileContext,
  view: ClusterView,
  object: SiteObject,
  site: Site,
): SiteObservation {
  const membership = findFactoryOf(site, view);
  const factory = membership !== undefined && 'tier' in membership ? membership.tier : undefined;
  const relay = view.findServingRelay(site);
  const tiers: SiteTiers = {
    factory: factory && new CarryingTier(context, 'CameraFactory', factory),
    relay: relay && new CarryingTier(context, 'MasterRelay', relay),
  };
  const { generation = 0 } = object.metadata;
  const { status } = object;
  const wasReady = isTrue(status?.conditions, CONDITIONS.ready) && status?.observedGeneration === generation;
  const pool = findSitePool(view, site);
  const cameras = site.spec.cameras.map((camera) => observeCamera(site, camera, tiers, wasReady));
  const paths = site.spec.cameras.map(({ name }) => originalPath(site.namespace, site.name, name));
  return {
    generation,
    previous: status,
    problems: listSiteProblems(context, view, site, cameras),
    pending: listPending(cameras),
    shards: [tiers.factory, tiers.relay].flatMap((tier) => tier?.listShards(paths) ?? []),
    cameras: cameras.flatMap(({ camera, observed }) => {
      if (observed === undefined) return [];
      return [{ ...observed, renditions: observeRenditions(context, site, camera, tiers, pool) }];
    }),
    total: cameras.length,
    roomBytes: findListRoom(object),
    ...nameSecrets(site, factory, relay),
  };
}

function findSitePool(view: ClusterView, site: Site): SitePool | undefined {
  const pool = view.findServingPool(site);
  return pool && { pool, record: view.readPlacements(pool) };
}

const STEPS = {
  place: { reason: REASONS.assigning, verb: 'be given a shard by' },
  accept: { reason: REASONS.planPending, verb: 'be taken up by the pods of' },
} as const;

/** What cameras wait for, the earlier step first. */
function listPending(cameras: readonly CameraProgress[]): Pending[] {
  return Object.entries(STEPS).flatMap(([step, { reason, verb }]) => {
    const waiting = cameras.filter(({ waitsFor }) => waitsFor?.step === step);
    const [first] = waiting;
    if (first?.waitsFor === undefined) return [];
    const who =
      waiting.length === 1 ? first.camera.name : `${first.camera.name} and ${waiting.length - 1} more`;
    return [{ reason, message: `Waiting for ${who} to ${verb} ${first.waitsFor.tier.title}` }];
  });
}

function nameSecrets(
  site: Site,
  factory: Factory | undefined,
  relay: Relay | undefined,
): Pick<SiteObservation, 'credentialsSecret' | 'viewersSecret'> {
  const viewersSecret =
    site.spec.relayRef === undefined
      ? nameViewer(site, 'CameraFactory', factory)
      : nameViewer(site, 'MasterRelay', relay);
  return {
    ...(site.spec.cameras.some(needsGeneratedCredential)
      ? { credentialsSecret: cameraCredentialsName(site.name) }
      : {}),
    ...(viewersSecret === undefined ? {} : { viewersSecret }),
  };
}

/** With its namespace where that is another one than the Site's. */
function nameViewer(site: Site, kind: TierKind, tier: Factory | Relay | undefined): string | undefined {
  if (tier === undefined || !needsGeneratedViewer(tier.spec.viewers)) return undefined;
  const name = viewerSecretName(tierPrefix(kind, tier.name));
  return tier.namespace === site.namespace ? name : `${tier.namespace}/${name}`;
}
