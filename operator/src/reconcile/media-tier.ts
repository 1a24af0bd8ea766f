/** The part of reconciliation that a CameraFactory and a MasterRelay have in common. */
import type { Condition } from '../api/condition.ts';
import type { ShardStatus } from '../api/media-tier.ts';
import type { KubeObject } from '../kube/object.ts';
import { describeTier, type MediaTier } from '../render/media-tier.ts';
import type { TierRendering, TierSurroundings } from '../render/tier-rendering.ts';
import { needsGeneratedViewer } from '../render/viewer-readers.ts';
import { renderViewerSecret } from '../render/viewer-secret.ts';
import { describeTierStatus } from '../status/tier-status.ts';
import { type TierKind, viewerSecretName } from '../topology/names.ts';
import type { Problem } from '../topology/problem.ts';
import type { Factory, Relay } from '../topology/tiers.ts';
import type { ClusterView } from './cluster-view.ts';
import type { ReconcileContext } from './context.ts';
import { converge, describeTaken, type KeptObject } from './converge.ts';
import { findManaged, isMadeFor } from './managed-objects.ts';
import { observeShard } from './observed-tiers.ts';
import { ensureOperatorKeys } from './operator-keys.ts';
import { listHeldDeployments } from './rollout.ts';

/** What nothing but a person or time mends is looked at again after this. */
export const REFUSED_RETRY_MS = 60_000;

const PASSWORD_BYTES = 18;

export interface ConvergedTier {
  problems: Problem[];
  /** Members of the status that both kinds have. */
  status: {
    observedGeneration: number;
    conditions: Condition[];
    shards: ShardStatus[];
    viewersSecret?: string;
  };
}

export interface TierWork {
  object: KubeObject & { status?: { conditions?: Condition[] | undefined } };
  kind: TierKind;
  parsed: Factory | Relay;
  render: (around: TierSurroundings) => TierRendering;
}

/** Brings a tier's objects to what `render` makes of it, and says how it stands then. */
export async function convergeTier(
  context: ReconcileContext,
  view: ClusterView,
  { object, kind, parsed, render }: TierWork,
): Promise<ConvergedTier> {
  const tier = describeTier(kind, parsed);
  const problems = await ensureViewer(context, tier, parsed);
  const around = await describeSurroundings(context, view, tier);
  const rendering = render(around);
  problems.push(...rendering.problems, ...(await applyTier(context, tier, parsed, rendering)));
  const status = describeTierStatus(
    {
      title: `${kind} ${tier.namespace}/${tier.name}`,
      generation: object.metadata.generation ?? 0,
      previous: object.status?.conditions,
      problems,
      // Once more: what was written a moment ago counts.
      shards: rendering.streams.map((streams, shard) => ({ streams, observed: around.observeShard(shard) })),
    },
    context.nowMs(),
  );
  if (!needsGeneratedViewer(parsed.spec.viewers)) return { problems, status };
  return { problems, status: { ...status, viewersSecret: viewerSecretName(tier.prefix) } };
}

async function applyTier(
  context: ReconcileContext,
  tier: MediaTier,
  { spec }: Factory | Relay,
  { objects, streams }: TierRendering,
): Promise<Problem[]> {
  const shards = streams.map((_, shard) => observeShard(context.caches, tier, shard));
  const held = listHeldDeployments(context.caches, tier, objects, shards);
  const due = objects.filter(({ kind, metadata }) => kind !== 'Deployment' || !held.has(metadata.name));
  const kept: KeptObject[] = [...held].map((name) => ({ kind: 'Deployment', name }));
  if (needsGeneratedViewer(spec.viewers)) kept.push({ kind: 'Secret', name: viewerSecretName(tier.prefix) });
  return await converge(context, tier, due, kept);
}

async function describeSurroundings(
  context: ReconcileContext,
  view: ClusterView,
  tier: MediaTier,
): Promise<TierSurroundings> {
  const { namespace, agentImage, mediamtxImage } = context.settings;
  return {
    secrets: view,
    readerKeys: await ensureOperatorKeys(context),
    settings: { agentImage, mediamtxImage, feedUrl: `wss://cupola-feed.${namespace}.svc:8443` },
    planWriting: { feedCa: context.feedCa(), nowMs: context.nowMs() },
    observeShard: (shard) => observeShard(context.caches, tier, shard),
  };
}

/** Makes the tier's viewer where nobody has named one. What is there is a person's to change. */
async function ensureViewer(
  context: ReconcileContext,
  tier: MediaTier,
  { spec }: Factory | Relay,
): Promise<Problem[]> {
  if (!needsGeneratedViewer(spec.viewers)) return [];
  const desired = renderViewerSecret(tier, context.randomBytes(PASSWORD_BYTES).toString('base64url'));
  const live = findManaged(context.caches, desired) ?? (await context.applier.createIfAbsent(desired));
  return isMadeFor(live, tier) ? [] : [describeTaken(desired)];
}
