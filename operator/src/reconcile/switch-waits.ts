/** Switches that are wanted and have not come: what a person reads of them, and what is wrong with the asking. */
import { ANNOTATIONS, type Side } from '../api/labels.ts';
import { PROBLEM_REASONS, REASONS } from '../api/reasons.ts';
import { parseMaintenance, parseSwitchTo } from '../failover/annotations.ts';
import type { KubeObject } from '../kube/object.ts';
import type { MediaTier } from '../render/media-tier.ts';
import type { Pending } from '../status/pending.ts';
import { activeServiceName, qualify } from '../topology/names.ts';
import type { ObservedShard } from '../topology/observed-shard.ts';
import type { Problem } from '../topology/problem.ts';
import type { ReconcileContext } from './context.ts';
import type { ShardRollout } from './rollout.ts';

/** Tells what moves Services which of them an upgrade waits for, and says what each waits for in turn. */
export function noteUpgrades(
  { switching }: Pick<ReconcileContext, 'switching'>,
  tier: MediaTier,
  rollouts: readonly ShardRollout[],
  hasPlace: (shard: number) => boolean,
): Pending[] {
  return rollouts.flatMap(({ activeSide, done }, shard) => {
    const service = qualify(tier.namespace, activeServiceName(tier.prefix, shard));
    switching.noteUpgraded(service, hasPlace(shard) ? done : undefined);
    const hold = done === undefined ? undefined : switching.explainHold(service);
    return hold === undefined ? [] : [describeWait(`The ${activeSide} side of shard ${shard} waits`, hold)];
  });
}

/** A request of a person that is not honoured yet, and why. */
export function listRequests(
  { switching, caches }: Pick<ReconcileContext, 'switching' | 'caches'>,
  tier: MediaTier,
  object: KubeObject,
  shards: readonly ObservedShard[],
): Pending[] {
  const text = object.metadata.annotations?.[ANNOTATIONS.switchTo];
  if (text === undefined) return [];
  return shards.flatMap(({ activeSide }, shard) => {
    const parsed = parseSwitchTo(text, shard);
    const side: Side | undefined = 'value' in parsed ? parsed.value?.side : undefined;
    const name = activeServiceName(tier.prefix, shard);
    const service = caches.Service.get(tier.namespace, name);
    const isHonoured = service?.metadata.annotations?.[ANNOTATIONS.honoured] === text;
    if (side === undefined || side === activeSide || isHonoured) return [];
    const hold = switching.explainHold(qualify(tier.namespace, name));
    return hold === undefined ? [] : [describeWait(`The switch of shard ${shard} to ${side} waits`, hold)];
  });
}

/** Annotations that say nothing that can be done. */
export function listAnnotationProblems({ metadata }: KubeObject, shardCount: number): Problem[] {
  const { [ANNOTATIONS.switchTo]: switchTo, [ANNOTATIONS.maintenance]: maintenance } =
    metadata.annotations ?? {};
  const problems: Problem[] = [];
  const check = (name: string, problem: string | undefined) => {
    if (problem === undefined) return;
    const field = `metadata.annotations[${name}]`;
    const remedy = 'correct it, or take it away';
    problems.push({ reason: PROBLEM_REASONS.annotationInvalid, field, message: problem, remedy });
  };
  if (switchTo !== undefined) check(ANNOTATIONS.switchTo, problemOf(parseSwitchTo(switchTo, 0)));
  const numbers = Array.from({ length: Math.max(1, shardCount) }, (_, shard) => shard);
  const wrong = numbers.map((shard) => problemOf(parseMaintenance(maintenance ?? 'primary', shard)));
  check(
    ANNOTATIONS.maintenance,
    wrong.find((problem) => problem !== undefined),
  );
  return problems;
}

function problemOf(parsed: { value: unknown } | { problem: string }): string | undefined {
  return 'problem' in parsed ? parsed.problem : undefined;
}

function describeWait(what: string, hold: string): Pending {
  const remedy = 'it goes on by itself when that is so no more';
  return { reason: REASONS.switchPending, message: `${what}: ${hold}; ${remedy}` };
}
