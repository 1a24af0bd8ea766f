import { CONDITIONS } from '../api/condition.ts';
import type { SiteObject } from '../kube/caches.ts';
import type { ReconcileHandler } from '../kube/handlers.ts';
import { renderCameraCredentials } from '../render/camera-credentials-secret.ts';
import type { DesiredObject, Owner } from '../render/desired-object.ts';
import { renderSiteFactory } from '../render/site-factory.ts';
import { renderSitePool } from '../render/site-pool.ts';
import { describeSiteStatus } from '../status/site-status.ts';
import { findFactoryOf, findPoolOf, needsPool } from '../topology/membership.ts';
import { cameraCredentialsName } from '../topology/names.ts';
import type { Problem } from '../topology/problem.ts';
import type { Site } from '../topology/tiers.ts';
import { announceLeftOut, announceStalled, announceTurn } from './announce.ts';
import { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { applyOwned, converge } from './converge.ts';
import { generatePassword } from './generate-password.ts';
import { reportInvalid } from './invalid-spec.ts';
import { isMadeFor } from './managed-objects.ts';
import { REFUSED_RETRY_MS, UNHEARD_RETRY_MS } from './media-tier.ts';
import { observeSite } from './observed-site.ts';
import { parseSite } from './parse.ts';

/** Site: its own factory and pool, its cameras' generated credentials; all else is the tiers' share of it. */
export function createSiteHandler(context: ReconcileContext): ReconcileHandler {
  const view = new ClusterView(context.caches);
  return async ({ namespace, name }) => {
    const object = context.caches.Site.get(namespace, name);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
    const parsed = parseSite(object);
    if ('problem' in parsed) return await reportInvalid(context, object, parsed.problem);
    return await reconcileSite(context, view, object, parsed.value);
  };
}

async function reconcileSite(
  context: ReconcileContext,
  view: ClusterView,
  object: SiteObject,
  site: Site,
): ReturnType<ReconcileHandler> {
  const refused = await applySite(context, view, site);
  const observation = observeSite(context, view, object, site);
  const problems = [...refused, ...observation.problems];
  const status = describeSiteStatus({ ...observation, problems }, context.nowMs());
  await context.applier.applyStatus(object, status);
  const { conditions = [] } = status;
  announceStalled(context.events, object, conditions);
  announceTurn(context.events, object, conditions, CONDITIONS.encoding);
  announceLeftOut(context.events, object, conditions);
  if (!context.isSettled()) return { requeueAfterMs: UNHEARD_RETRY_MS };
  return refused.length > 0 ? { requeueAfterMs: REFUSED_RETRY_MS } : undefined;
}

/** What is made for a Site itself. */
async function applySite(context: ReconcileContext, view: ClusterView, site: Site): Promise<Problem[]> {
  const owner: Owner = { ...site, kind: 'Site' };
  const live = view.findGenerated(site.namespace, cameraCredentialsName(site.name));
  const credentials = renderCameraCredentials(site, live, () => generatePassword(context));
  const problems = await converge(context, owner, credentials === undefined ? [] : [credentials]);
  const tiers = [findOwnFactory(site, view), findOwnPool(site, view)].filter((tier) => tier !== undefined);
  for (const tier of tiers) {
    const refusal = await applyOwned(context, owner, tier);
    if (refusal !== undefined) problems.push(refusal);
  }
  await dropOwnPool(context, owner, site);
  return problems;
}

/** Undefined where the Site shares one, or where its name is taken: `observeSite` says so. */
function findOwnFactory(site: Site, view: ClusterView): DesiredObject | undefined {
  if (site.spec.factoryRef !== undefined) return undefined;
  const membership = findFactoryOf(site, view);
  return membership !== undefined && 'problem' in membership ? undefined : renderSiteFactory(site);
}

/** As with factories; undefined also where no pool is needed. */
function findOwnPool(site: Site, view: ClusterView): DesiredObject | undefined {
  if (!needsPool(site) || site.spec.poolRef !== undefined) return undefined;
  const membership = findPoolOf(site, view);
  return membership !== undefined && 'problem' in membership ? undefined : renderSitePool(site);
}

/** A pool of its own that the Site needs no more: it has no renditions left, or a shared pool encodes them. */
async function dropOwnPool({ caches, applier }: ReconcileContext, owner: Owner, site: Site): Promise<void> {
  if (needsPool(site) && site.spec.poolRef === undefined) return;
  const own = caches.CompressorPool.get(site.namespace, site.name);
  if (own !== undefined && isMadeFor(own, owner)) await applier.delete(own);
}
