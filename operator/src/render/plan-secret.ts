import { FEED_CA_KEY, type MediaPlan, PLAN_KEY } from '@cupola/protocol';
import { LABELS } from '../api/labels.ts';
import { PROBLEM_REASONS } from '../api/reasons.ts';
import { encodeText } from '../topology/basic-auth.ts';
import { planSecretName, qualify, workloadName } from '../topology/names.ts';
import type { PlanRecord } from '../topology/plan-record.ts';
import type { Problem } from '../topology/problem.ts';
import { type DesiredObject, describeOwned, labelTier } from './desired-object.ts';
import type { MediaTier, SidePlace } from './media-tier.ts';

/** What of a plan does not follow from its workload; the revision is set where the plan is written. */
export type PlanContent = Pick<MediaPlan, 'paths' | 'readers' | 'openToReaders'>;

export interface PlanWriting {
  /** PEM, trusted by the agent for the feed. */
  feedCa: string;
  nowMs: number;
}

/**
 * A Secret holds 1 MiB (validation.MaxSecretSize in Kubernetes); what is left of it is for the feed's CA. A
 * shard at its limit of 500 streams with the longest names stays below: tested.
 */
export const MAX_PLAN_BYTES = 1_000_000;

export interface PlanRendering {
  secret: DesiredObject;
  problem?: Problem;
}

/** The plan Secret of one side of a shard. */
export function renderPlanSecret(
  { tier, shard, side }: SidePlace,
  content: PlanContent,
  live: PlanRecord | undefined,
  writing: PlanWriting,
): PlanRendering {
  const place: PlanPlace = {
    tier,
    workload: workloadName(tier.prefix, shard, side),
    labels: labelTier(tier.kind, tier.name, shard, side),
    what: `shard ${shard}`,
    field: tier.kind === 'CameraFactory' ? 'spec.camerasPerShard' : 'spec.streamsPerShard',
  };
  return renderWorkloadPlan(place, content, live, writing);
}

/** Whose plan it is. */
export interface PlanPlace {
  tier: MediaTier;
  workload: string;
  labels: Record<string, string>;
  /** In words, for people. */
  what: string;
  /** What makes plans smaller. */
  field: string;
}

/**
 * The plan Secret of a workload. The revision grows with the content and only with it: by the clock, so that it
 * grows across a deletion of the Secret too. A plan that does not fit leaves the one in force.
 */
export function renderWorkloadPlan(
  place: PlanPlace,
  content: PlanContent,
  live: PlanRecord | undefined,
  { feedCa, nowMs }: PlanWriting,
): PlanRendering {
  const { tier, workload } = place;
  const describe = (revision: number, { paths, readers, openToReaders }: PlanContent): string => {
    const named = { revision, workload: qualify(tier.namespace, workload) };
    const waits = { holdMs: tier.holdSeconds * 1_000, drainMs: tier.drainSeconds * 1_000 };
    return JSON.stringify({ ...named, paths, readers, openToReaders, ...waits } satisfies MediaPlan);
  };
  const previous = live?.plan.revision ?? 0;
  let text = describe(previous, content);
  const hasChanged = text !== live?.text;
  if (hasChanged) text = describe(Math.max(previous + 1, nowMs), content);
  const problem = Buffer.byteLength(text) > MAX_PLAN_BYTES ? describeOverflow(place, text) : undefined;
  if (problem !== undefined)
    text = live?.text ?? describe(nowMs, { paths: [], readers: [], openToReaders: false });
  const secret: DesiredObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: describeOwned(tier, planSecretName(workload), {
      ...place.labels,
      [LABELS.workload]: workload,
    }),
    type: 'Opaque',
    data: { [PLAN_KEY]: encodeText(text), [FEED_CA_KEY]: encodeText(feedCa) },
  };
  return problem === undefined ? { secret } : { secret, problem };
}

function describeOverflow({ what, field }: PlanPlace, text: string): Problem {
  return {
    reason: PROBLEM_REASONS.planTooLarge,
    field,
    message: `the plan of ${what} has ${Buffer.byteLength(text)} bytes, and a Secret carries ${MAX_PLAN_BYTES}`,
    remedy: `lower ${field}, or shorten names and URLs`,
  };
}
