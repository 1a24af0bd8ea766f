import { CONDITIONS } from '../api/condition.ts';
import { PROBLEM_REASONS } from '../api/reasons.ts';
import type { CompressorPoolObject } from '../kube/caches.ts';
import type { ReconcileHandler } from '../kube/handlers.ts';
import { renderCompressorPool } from '../render/compressor-pool.ts';
import { PLACEMENTS_KEY } from '../render/placement-secret.ts';
import { describeSelector } from '../render/pool-autoscaler.ts';
import { describePool } from '../render/pool-tier.ts';
import { describePoolStatus } from '../status/pool-status.ts';
import { decodeText } from '../topology/basic-auth.ts';
import { hardwareResource, isOffered } from '../topology/hardware-offer.ts';
import { listSitesOfPool } from '../topology/membership.ts';
import { placementSecretName, qualify, workerName } from '../topology/names.ts';
import type { Problem } from '../topology/problem.ts';
import type { Pool } from '../topology/tiers.ts';
import { renewUpgrade } from '../topology/upgrade-queue.ts';
import { Absences } from './absences.ts';
import { announceStalled, announceTurn, announceWorkers } from './announce.ts';
import { listCarried } from './carried-sites.ts';
import { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { converge, type KeptObject } from './converge.ts';
import { reportInvalid } from './invalid-spec.ts';
import { describePods, REFUSED_RETRY_MS, UNHEARD_RETRY_MS } from './media-tier.ts';
import { observeWorkers } from './observed-pool.ts';
import { findPlan } from './observed-tiers.ts';
import { ensureOperatorKeys } from './operator-keys.ts';
import { parsePool } from './parse.ts';
import { describePlanning, observeAndPlan, type PlannedPool, type PoolWork } from './pool-planning.ts';

/** What encoders use changes without any object changing: how often a pool looks whether a worker has too much. */
const BALANCE_MS = 30_000;

/** CompressorPool: the renditions of its Sites -> workers -> plans, pods, autoscaler. */
export function createPoolHandler(context: ReconcileContext): ReconcileHandler {
  const view = new ClusterView(context.caches);
  const absences = new Absences();
  return async ({ namespace, name }) => {
    const object = context.caches.CompressorPool.get(namespace, name);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
    const parsed = parsePool(object);
    if ('problem' in parsed) return await reportInvalid(context, object, parsed.problem);
    const pool = parsed.value;
    const members = listSitesOfPool(pool, view.listSites(), view.listEncodedSites(pool), view);
    const sites = listCarried(context, view, members);
    return await reconcilePool({ context, view, absences, pool, tier: describePool(pool), sites }, object);
  };
}

async function reconcilePool(work: PoolWork, object: CompressorPoolObject): ReturnType<ReconcileHandler> {
  const { context, absences, pool, sites } = work;
  const known = object.status?.upgrade;
  const planned = observeAndPlan(work, known?.state === 'Rolling');
  const upgrade = renewUpgrade(known, planned.plan.upgrade, context.nowMs());
  const [turn] = context.upgrades.assign({ ...pool, kind: 'CompressorPool' }, [upgrade], context.nowMs());
  const problems = [...listHardwareProblems(context, pool), ...(await applyPool(work, planned))];
  // Once more: what was written a moment ago counts.
  const workers = observeWorkers(context, pool, absences, () => false);
  const status = describePoolStatus(
    {
      generation: object.metadata.generation ?? 0,
      previous: object.status,
      problems,
      pool,
      plan: planned.plan,
      turn,
      workers,
      sites: sites.length,
      selector: describeSelector(pool),
    },
    context.nowMs(),
  );
  await context.applier.applyStatus(object, status);
  const { conditions = [] } = status;
  announceStalled(context.events, object, conditions);
  announceTurn(context.events, object, conditions, CONDITIONS.capacityAvailable);
  announceWorkers(context.events, object, workers.length);
  return findRequeue(work, planned, problems.length > 0 || turn !== undefined);
}

async function applyPool(work: PoolWork, planned: PlannedPool): Promise<Problem[]> {
  const { context, pool, tier } = work;
  const { caches } = context;
  const { namespace } = pool;
  const keys = await ensureOperatorKeys(context);
  const live = caches.Secret.get(namespace, placementSecretName(tier.prefix));
  const { objects, problems } = renderCompressorPool(describePlanning(work, planned, keys), {
    settings: describePods(context.settings),
    planWriting: { feedCa: context.feedCa(), nowMs: context.nowMs() },
    findPlan: (workload) => findPlan(caches, namespace, workload),
    placements: decodeText(live?.data?.[PLACEMENTS_KEY]),
  });
  const held = new Set([...planned.plan.upgrade.held].map((index) => workerName(tier.prefix, index)));
  const due = objects.filter(({ kind, metadata }) => kind !== 'Deployment' || !held.has(metadata.name));
  const kept: KeptObject[] = [...held].map((name) => ({ kind: 'Deployment', name }));
  return [...problems, ...(await converge(context, tier, due, kept))];
}

/** Workers that ask for what no node has would wait for ever. */
function listHardwareProblems({ caches }: ReconcileContext, { spec }: Pool): Problem[] {
  if (spec.hardware === undefined) return [];
  const nodes = caches.Node.list().map(({ status }) => ({ allocatable: status?.allocatable ?? {} }));
  if (isOffered(spec.hardware, nodes)) return [];
  return [
    {
      reason: PROBLEM_REASONS.hardwareNotOffered,
      field: 'spec.hardware',
      message: `no node of the cluster offers ${hardwareResource(spec.hardware)}`,
      remedy: 'add a node with its device plugin, correct resourceName, or leave hardware out',
    },
  ];
}

/** A loss, and what encoders use, come without a change of any object. */
function findRequeue(
  { context, absences, pool, tier }: PoolWork,
  { plan }: PlannedPool,
  isWaiting: boolean,
): Awaited<ReturnType<ReconcileHandler>> {
  for (const index of plan.size.removed)
    absences.forget(qualify(pool.namespace, workerName(tier.prefix, index)));
  const workloads = [...plan.size.staying, ...plan.size.leaving].map((index) => {
    return qualify(pool.namespace, workerName(tier.prefix, index));
  });
  const due = [
    absences.nextMs(workloads, context.nowMs()),
    plan.record.renditions.size > 0 ? BALANCE_MS : undefined,
    isWaiting ? REFUSED_RETRY_MS : undefined,
    context.isSettled() ? undefined : UNHEARD_RETRY_MS,
  ].filter((ms) => ms !== undefined);
  return due.length === 0 ? undefined : { requeueAfterMs: Math.min(...due) };
}
