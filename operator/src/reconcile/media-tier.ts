/** The part of reconciliation that a CameraFactory and a MasterRelay have in common. */
import type { Condition } from '../api/condition.ts';
import type { ShardStatus } from '../api/media-tier.ts';
import { REASONS } from '../api/reasons.ts';
import type { Upgrade } from '../api/upgrade.ts';
import type { KubeObject } from '../kube/object.ts';
import { describeTier, type MediaTier, type PodSettings } from '../render/media-tier.ts';
import type { TierRendering, TierSurroundings } from '../render/tier-rendering.ts';
import { needsGeneratedViewer } from '../render/viewer-readers.ts';
import { renderViewerSecret } from '../render/viewer-secret.ts';
import type { ConditionWord } from '../status/condition-word.ts';
import type { Pending } from '../status/pending.ts';
import { describeTierStatus } from '../status/tier-status.ts';
import { describeUpgrade } from '../status/upgrade-pending.ts';
import { type TierKind, viewerSecretName } from '../topology/names.ts';
import type { Problem } from '../topology/problem.ts';
import type { Factory, Relay } from '../topology/tiers.ts';
import { renewUpgrade } from '../topology/upgrade-queue.ts';
import { announceSwitches } from './announce.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ReconcileContext, ReconcileSettings } from './context.ts';
import { converge, describeTaken, type KeptObject } from './converge.ts';
import { generatePassword } from './generate-password.ts';
import { findManaged, isMadeFor } from './managed-objects.ts';
import { observeShard } from './observed-tiers.ts';
import { ensureOperatorKeys } from './operator-keys.ts';
import { planRollout } from './rollout.ts';
import { listAnnotationProblems, listRequests, noteUpgrades } from './switch-waits.ts';

/** What nothing but a person or time mends is looked at again after this; so is who is before whom in an upgrade. */
export const REFUSED_RETRY_MS = 60_000;
/** How soon after the start is looked again at what agents that had not been heard yet would have had a say in. */
export const UNHEARD_RETRY_MS = 5_000;
const WAITING_RETRY_MS = 2_000;

export interface ConvergedTier<More> {
  /** When to look again though nothing changes. */
  requeueAfterMs?: number;
  status: More & {
    observedGeneration: number;
    conditions: Condition[];
    shards: ShardStatus[];
    viewersSecret?: string;
  };
}

export interface TierWork<More> {
  object: KubeObject & {
    status?: { conditions?: Condition[] | undefined; shards?: ShardStatus[] | undefined };
  };
  kind: TierKind;
  parsed: Factory | Relay;
  render: (around: TierSurroundings) => TierRendering;
  /** What of the status one kind alone has; asked for when all is applied. */
  describeMore: () => { words: readonly ConditionWord[]; status: More };
}

/** Brings a tier's objects to what `render` makes of it, and says how it stands then. */
export async function convergeTier<More>(
  context: ReconcileContext,
  view: ClusterView,
  { object, kind, parsed, render, describeMore }: TierWork<More>,
): Promise<ConvergedTier<More>> {
  const tier = describeTier(kind, parsed);
  const problems = await ensureViewer(context, tier, parsed);
  const around = await describeSurroundings(context, view, tier);
  const rendering = render(around);
  const applied = await applyTier(context, tier, { object, parsed }, rendering);
  problems.push(...rendering.problems, ...applied.problems);
  problems.push(...listAnnotationProblems(object, rendering.streams.length));
  // Once more: what was written a moment ago counts.
  const shards = rendering.streams.map((streams, shard) => ({
    streams,
    observed: around.observeShard(shard),
    upgrade: applied.upgrades.get(shard),
  }));
  const requests = listRequests(
    context,
    tier,
    object,
    shards.map(({ observed }) => observed),
  );
  const pending = [...applied.pending, ...requests];
  const more = describeMore();
  const common = describeTierStatus(
    {
      title: titleOf(tier),
      generation: object.metadata.generation ?? 0,
      previous: object.status,
      problems,
      pending,
      words: more.words,
      shards,
    },
    context.nowMs(),
  );
  announceSwitches(context.events, object, common.shards);
  const status = { ...common, ...more.status };
  const requeueAfterMs = findRequeue(context, problems, pending);
  const again = requeueAfterMs === undefined ? {} : { requeueAfterMs };
  if (!needsGeneratedViewer(parsed.spec.viewers)) return { ...again, status };
  return { ...again, status: { ...status, viewersSecret: viewerSecretName(tier.prefix) } };
}

/** What is waited for ends without a change of any object: a side comes to carry what it lacked. */
function findRequeue(
  { isSettled }: ReconcileContext,
  problems: readonly Problem[],
  pending: readonly Pending[],
): number | undefined {
  if (pending.some(({ reason }) => reason !== REASONS.upgradeWaiting)) return WAITING_RETRY_MS;
  if (pending.length > 0 && !isSettled()) return UNHEARD_RETRY_MS;
  return problems.length + pending.length > 0 ? REFUSED_RETRY_MS : undefined;
}

async function applyTier(
  context: ReconcileContext,
  tier: MediaTier,
  { object, parsed: { spec } }: Pick<TierWork<unknown>, 'object' | 'parsed'>,
  { objects, streams }: TierRendering,
): Promise<{ problems: Problem[]; pending: Pending[]; upgrades: Map<number, Upgrade> }> {
  const nowMs = context.nowMs();
  const shards = streams.map((_, shard) => observeShard(context, tier, shard));
  const known = shards.map((_, shard) => object.status?.shards?.find((one) => one.shard === shard)?.upgrade);
  const hasPlace = (shard: number) => known[shard]?.state === 'Rolling';
  const rollouts = planRollout(context, tier, objects, { shards, hasPlace });
  const renewed = rollouts.map((rollout, shard) => renewUpgrade(known[shard], rollout, nowMs));
  const turns = context.upgrades.assign(tier, renewed, nowMs);
  const names = new Set(rollouts.flatMap(({ held }) => held));
  const due = objects.filter(({ kind, metadata }) => kind !== 'Deployment' || !names.has(metadata.name));
  const kept: KeptObject[] = [...names].map((name) => ({ kind: 'Deployment', name }));
  if (needsGeneratedViewer(spec.viewers)) kept.push({ kind: 'Secret', name: viewerSecretName(tier.prefix) });
  const problems = await converge(context, tier, due, kept);
  const pending = [
    ...noteUpgrades(context, tier, rollouts, hasPlace),
    ...turns.map((turn) => describeUpgrade(`shard ${turn.shard} of ${titleOf(tier)}`, turn)),
  ];
  const upgrades = new Map(turns.map(({ shard, upgrade }) => [shard, upgrade]));
  return { problems, pending, upgrades };
}

function titleOf({ kind, namespace, name }: MediaTier): string {
  return `${kind} ${namespace}/${name}`;
}

async function describeSurroundings(
  context: ReconcileContext,
  view: ClusterView,
  tier: MediaTier,
): Promise<TierSurroundings> {
  return {
    secrets: view,
    readerKeys: await ensureOperatorKeys(context),
    settings: describePods(context.settings),
    planWriting: { feedCa: context.feedCa(), nowMs: context.nowMs() },
    observeShard: (shard) => observeShard(context, tier, shard),
  };
}

export function describePods({ namespace, agentImage, mediamtxImage }: ReconcileSettings): PodSettings {
  return { agentImage, mediamtxImage, feedUrl: `wss://cupola-feed.${namespace}.svc:8443` };
}

/** Makes the tier's viewer where nobody has named one. What is there is a person's to change. */
async function ensureViewer(
  context: ReconcileContext,
  tier: MediaTier,
  { spec }: Factory | Relay,
): Promise<Problem[]> {
  if (!needsGeneratedViewer(spec.viewers)) return [];
  const desired = renderViewerSecret(tier, generatePassword(context));
  const live = findManaged(context.caches, desired) ?? (await context.applier.createIfAbsent(desired));
  return isMadeFor(live, tier) ? [] : [describeTaken(desired)];
}
