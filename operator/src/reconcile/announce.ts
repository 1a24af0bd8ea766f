import { CONDITIONS, type Condition } from '../api/condition.ts';
import type { ShardStatus } from '../api/media-tier.ts';
import { EVENT_REASONS, REASONS } from '../api/reasons.ts';
import type { EventRecorder } from '../kube/applier.ts';
import type { KubeObject } from '../kube/object.ts';

/** Tells of what a person must mend, once, and of its being mended. */
export function announceStalled(
  events: EventRecorder,
  about: KubeObject & { status?: { conditions?: Condition[] | undefined } },
  conditions: readonly Condition[],
): void {
  const before = findCondition(about.status?.conditions, CONDITIONS.stalled);
  const now = findCondition(conditions, CONDITIONS.stalled);
  if (now?.status === 'True' && (before?.status !== 'True' || before.message !== now.message)) {
    events.record(about, { type: 'Warning', reason: now.reason, message: now.message });
  }
  if (before?.status === 'True' && now?.status === 'False') {
    const message = `No longer stalled (${before.reason})`;
    events.record(about, { type: 'Normal', reason: EVENT_REASONS.recovered, message });
  }
}

/** Tells of a condition that has turned, or is false for another reason; not of its first word, nor of what only begins. */
export function announceTurn(
  events: EventRecorder,
  about: KubeObject & { status?: { conditions?: Condition[] | undefined } },
  conditions: readonly Condition[],
  type: Condition['type'],
): void {
  const before = findCondition(about.status?.conditions, type);
  const now = findCondition(conditions, type);
  if (now === undefined || before === undefined || now.reason === REASONS.renditionsStarting) return;
  if (now.status === before.status && (now.status === 'True' || now.reason === before.reason)) return;
  const { reason, message } = now;
  events.record(about, { type: now.status === 'True' ? 'Normal' : 'Warning', reason, message });
}

/** Tells of a status that has no room for all addresses, when that begins. */
export function announceLeftOut(
  events: EventRecorder,
  about: KubeObject & { status?: { conditions?: Condition[] | undefined } },
  conditions: readonly Condition[],
): void {
  const now = findCondition(conditions, CONDITIONS.addressesListed);
  if (now === undefined || findCondition(about.status?.conditions, now.type) !== undefined) return;
  events.record(about, { type: 'Warning', reason: now.reason, message: now.message });
}

/** Tells of workers that came or went. */
export function announceWorkers(
  events: EventRecorder,
  about: KubeObject & { status?: { replicas?: number | undefined } },
  workers: number,
): void {
  const before = about.status?.replicas;
  if (before === undefined || before === workers) return;
  const message = `Workers: ${workers}, before: ${before}`;
  events.record(about, { type: 'Normal', reason: EVENT_REASONS.workersChanged, message });
}

/** Tells of shards that came or went. */
export function announceShards(
  events: EventRecorder,
  about: KubeObject & { status?: { shards?: readonly unknown[] | undefined } },
  shardCount: number,
): void {
  const before = about.status?.shards?.length;
  if (before === undefined || before === shardCount) return;
  const message = `Shards: ${shardCount}, before: ${before}`;
  events.record(about, { type: 'Normal', reason: EVENT_REASONS.shardsChanged, message });
}

/** Tells of Services that were moved to their other side. */
export function announceSwitches(
  events: EventRecorder,
  about: KubeObject & { status?: { shards?: readonly ShardStatus[] | undefined } },
  shards: readonly ShardStatus[],
): void {
  for (const { shard, lastSwitch } of shards) {
    const before = about.status?.shards?.find((known) => known.shard === shard);
    if (lastSwitch === undefined || before === undefined || before.lastSwitch?.at === lastSwitch.at) continue;
    const { from, to, reason, detectMs, switchMs } = lastSwitch;
    const took = switchMs === undefined ? '' : `, switched in ${switchMs} ms`;
    const message = `Shard ${shard} switched from ${from} to ${to} at ${lastSwitch.at}: ${reason}; detected in ${detectMs} ms${took}`;
    const type = detectMs > 0 ? 'Warning' : 'Normal';
    events.record(about, { type, reason: EVENT_REASONS.switched, message });
  }
}

function findCondition(
  conditions: readonly Condition[] | undefined,
  type: Condition['type'],
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}
