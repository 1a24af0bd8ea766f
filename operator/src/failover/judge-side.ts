import { SWITCH_REASONS, type SwitchReason } from '../api/failover.ts';
import type { ProbeResult, SideEvidence } from './evidence.ts';

/**
 * well: serves, and says so itself.
 * suspect: something was expected that did not come; a probe is wanted.
 * leaving: serves, and will not for much longer.
 * down: serves nobody who comes now.
 * unknown: not heard yet, by an operator that has just begun.
 *
 * `untilMs`: when the verdict may become another by time alone.
 */
export type SideVerdict =
  | { state: 'well'; untilMs: number }
  | { state: 'suspect'; untilMs: number }
  | { state: 'leaving'; reason: SwitchReason; untilMs: number }
  | { state: 'down'; reason: SwitchReason; untilMs: number }
  | { state: 'unknown'; untilMs: number };

/** Nearly two heartbeats: one that comes a little late is no sign of anything. */
const SUSPECT_AFTER_MS = 900;
/** Nothing was heard, and neither port of the pod has answered, by now. */
const UNREACHABLE_AFTER_MS = 1_350;
/** Its MediaMTX answers, but the agent beside it is not heard. */
const AGENT_DOWN_AFTER_MS = 1_800;
/** A lost feed connection alone may be the feed's own trouble: the agent dials again at once. */
const RECONNECT_MS = 3_000;

const NEVER = Number.POSITIVE_INFINITY;

export function judgeSide(
  side: SideEvidence,
  { isUselessWithoutAgent, attentiveSinceMs }: { isUselessWithoutAgent: boolean; attentiveSinceMs: number },
  nowMs: number,
): SideVerdict {
  const { pod, agent } = side;
  if (pod === undefined) return { state: 'down', reason: SWITCH_REASONS.podGone, untilMs: NEVER };
  if (agent === undefined) return judgeUnheard(side.probe);
  // A process that did not run could not hear: silence begins anew when it runs on time again.
  const quietSinceMs = Math.max(agent.heardMs, attentiveSinceMs);
  if (!agent.isConnected) return judgeLost(side.probe, quietSinceMs, isUselessWithoutAgent, nowMs);
  if (nowMs - quietSinceMs < SUSPECT_AFTER_MS) {
    if (!agent.isMediamtxUp) return { state: 'down', reason: SWITCH_REASONS.serverDown, untilMs: NEVER };
    const untilMs = quietSinceMs + SUSPECT_AFTER_MS;
    const leaving = findLeaving(side);
    return leaving === undefined
      ? { state: 'well', untilMs }
      : { state: 'leaving', reason: leaving, untilMs };
  }
  return judgeQuiet(side.probe, quietSinceMs, nowMs);
}

/** `unready`: it serves, and a Service that selected it would lead nobody to it. */
export type StandbyVerdict = SideVerdict | { state: 'unready'; untilMs: number };

/** Of the side that is to take over: its pod must also be among the endpoints, which only ready pods are. */
export function judgeStandby(
  side: SideEvidence,
  shard: { isUselessWithoutAgent: boolean; attentiveSinceMs: number },
  nowMs: number,
): StandbyVerdict {
  const verdict = judgeSide(side, shard, nowMs);
  const isServing = verdict.state === 'well' || verdict.state === 'leaving';
  return isServing && side.pod?.isReady !== true ? { state: 'unready', untilMs: verdict.untilMs } : verdict;
}

/** By an operator that has just begun, or of a pod that has: a probe knows at least who does not answer. */
function judgeUnheard(probe: ProbeResult | undefined): SideVerdict {
  if (probe?.mediamtx === 'refused') return down(SWITCH_REASONS.serverDown);
  if (probe?.mediamtx === 'silent') return down(SWITCH_REASONS.unreachable);
  return { state: 'unknown', untilMs: NEVER };
}

function findLeaving({ pod, isInMaintenance }: SideEvidence): SwitchReason | undefined {
  if (pod?.isLeaving) return SWITCH_REASONS.podLeaving;
  if (isInMaintenance) return SWITCH_REASONS.maintenance;
  return pod?.isNodeCordoned ? SWITCH_REASONS.nodeCordoned : undefined;
}

/** Connected, but silent: frozen, cut off, or on a node without power. */
function judgeQuiet(probe: ProbeResult | undefined, quietSinceMs: number, nowMs: number): SideVerdict {
  const fresh = probe !== undefined && probe.atMs >= quietSinceMs ? probe : undefined;
  if (fresh?.mediamtx === 'refused') return down(SWITCH_REASONS.serverDown);
  const quietMs = nowMs - quietSinceMs;
  const answers = fresh?.mediamtx === 'answers' || fresh?.agent === 'answers';
  if (!answers && quietMs >= UNREACHABLE_AFTER_MS) return down(SWITCH_REASONS.unreachable);
  if (fresh?.mediamtx === 'silent' && quietMs >= UNREACHABLE_AFTER_MS) return down(SWITCH_REASONS.serverDown);
  if (fresh?.agent === 'silent' && quietMs >= AGENT_DOWN_AFTER_MS) return down(SWITCH_REASONS.agentDown);
  const steps = [UNREACHABLE_AFTER_MS, AGENT_DOWN_AFTER_MS].map((step) => quietSinceMs + step);
  return { state: 'suspect', untilMs: steps.find((step) => step > nowMs) ?? NEVER };
}

/** The connection was closed: by an end of the agent, or of the way to it. A probe says which. */
function judgeLost(
  probe: ProbeResult | undefined,
  lostMs: number,
  isUselessWithoutAgent: boolean,
  nowMs: number,
): SideVerdict {
  const fresh = probe !== undefined && probe.atMs >= lostMs ? probe : undefined;
  const patienceMs = isUselessWithoutAgent ? 0 : RECONNECT_MS;
  const isPatient = nowMs - lostMs < patienceMs;
  const untilMs = isPatient ? lostMs + patienceMs : NEVER;
  if (fresh === undefined) return { state: 'suspect', untilMs };
  if (fresh.mediamtx === 'refused') return down(SWITCH_REASONS.serverDown);
  if (fresh.mediamtx === 'silent') return down(SWITCH_REASONS.unreachable);
  if (fresh.agent === 'answers' || isPatient) return { state: 'suspect', untilMs };
  return down(SWITCH_REASONS.agentDown);
}

function down(reason: SwitchReason): SideVerdict {
  return { state: 'down', reason, untilMs: NEVER };
}
