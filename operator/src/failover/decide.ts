/**
 * What is to be done about one shard. Pure: evidence in, at most one switch out.
 *
 *     the active side                    the other side must            at once, by either replica
 *     down                               live                           yes
 *     its pod is leaving                 carry all that it carries      yes
 *     in maintenance, node cordoned      carry all that it carries      by the leader
 *     waits for an upgrade               have carried all for 10 s      by the leader
 *     a person asks for the other        carry all that it carries      by the leader
 *     serves less, for 5 s               carry all that it carries      by the leader
 *     is the backup, primary is whole    carry all that it carries      by the leader
 *
 * Never to a side that is leaving itself, whose pod is not ready, nor to one that serves less.
 */
import { SWITCH_REASONS, type SwitchReason } from '../api/failover.ts';
import { SIDES, type Side } from '../api/labels.ts';
import type { ShardEvidence, ShardMemory, SideEvidence } from './evidence.ts';
import { judgeSide, judgeStandby, type SideVerdict, type StandbyVerdict } from './judge-side.ts';

export interface Decision {
  switch?: {
    to: Side;
    reason: SwitchReason;
    /** Whether it may not wait for a leader. */
    isUrgent: boolean;
    /** How long at most the fault had been there, ms. */
    detectMs: number;
  };
  /** Sides whose pods are to be probed now. */
  probe: readonly Side[];
  memory: ShardMemory;
  /** When to look again though nothing is heard. */
  wakeMs: number;
}

/** A stream more on the other side may be one that comes on both, a moment earlier there. */
export const LESS_FOR_MS = 5_000;
/**
 * An upgrade takes the active side's pod away once it is active no more. A camera or a leg that is gone without a word is
 * taken to be there for up to 5 s (MediaMTX's readTimeout, and what SRT waits for its peer), on either side.
 */
export const CARRIED_FOR_MS = 10_000;
/** A side that this operator has never seen well may be just beginning: that is no failure. */
export const STARTING_MS = 10_000;
/** Agents have come to an operator that has just begun by then. */
const GREETED_AFTER_MS = 5_000;
/** While a side stays suspect, it is probed again after this. */
const PROBE_AGAIN_MS = 300;

const PREFERRED: Side = 'primary';

export function decide(shard: ShardEvidence, memory: ShardMemory, nowMs: number): Decision {
  const active = shard.sides[shard.activeSide];
  const to = otherSide(shard.activeSide);
  const standby = shard.sides[to];
  const verdicts = { active: judgeSide(active, shard, nowMs), standby: judgeStandby(standby, shard, nowMs) };
  const next = remember(shard, memory, verdicts, nowMs);
  const found = findReason(shard, verdicts, next, nowMs);
  const probe = SIDES.filter((side) => {
    const verdict = side === to ? verdicts.standby : verdicts.active;
    const isNeeded = verdicts.active.state === 'down' || nowMs - shard.attentiveSinceMs >= GREETED_AFTER_MS;
    return wantsProbe(shard.sides[side], verdict, isNeeded, nowMs);
  });
  return {
    ...(found === undefined ? {} : { switch: { to, ...found } }),
    probe,
    memory: next,
    wakeMs: findWake(shard, verdicts, next, probe.length > 0, nowMs),
  };
}

export function otherSide(side: Side): Side {
  return side === SIDES[0] ? SIDES[1] : SIDES[0];
}

/** What viewers are served by `from` and would not be by `to`. */
export function listMissing(from: SideEvidence, to: SideEvidence): string[] {
  return [...from.online].filter((path) => !to.online.has(path));
}

interface Verdicts {
  active: SideVerdict;
  standby: StandbyVerdict;
}

type Found = Omit<NonNullable<Decision['switch']>, 'to'>;

function findReason(
  shard: ShardEvidence,
  { active, standby }: Verdicts,
  memory: ShardMemory,
  nowMs: number,
): Found | undefined {
  const from = shard.sides[shard.activeSide];
  const to = otherSide(shard.activeSide);
  const other = shard.sides[to];
  if (active.state === 'down') {
    const wellMs = from.agent?.wellMs;
    const isStarting = wellMs === undefined && !isOver(memory.downSinceMs, STARTING_MS, nowMs);
    if (isStarting || !isUsable(other, standby)) return undefined;
    const sinceMs = wellMs ?? memory.downSinceMs ?? nowMs;
    return { reason: active.reason, isUrgent: true, detectMs: nowMs - sinceMs };
  }
  if (standby.state !== 'well' || listMissing(from, other).length > 0) return undefined;
  const planned = (reason: SwitchReason): Found => ({ reason, isUrgent: false, detectMs: 0 });
  if (active.state === 'leaving') {
    return { ...planned(active.reason), isUrgent: active.reason === SWITCH_REASONS.podLeaving };
  }
  if (active.state !== 'well') return undefined;
  if (isOver(memory.carriedSinceMs, CARRIED_FOR_MS, nowMs)) return planned(SWITCH_REASONS.upgrade);
  if (shard.requested === to) return planned(SWITCH_REASONS.requested);
  if (isOver(memory.lessSinceMs, LESS_FOR_MS, nowMs)) {
    return { ...planned(SWITCH_REASONS.servesLess), detectMs: nowMs - (memory.lessSinceMs ?? nowMs) };
  }
  const failbackMs = shard.failover.failbackAfterSeconds * 1000;
  return isOver(memory.wholeSinceMs, failbackMs, nowMs) ? planned(SWITCH_REASONS.failback) : undefined;
}

/** For new connections that would otherwise be refused: also a side that only a probe has heard. */
function isUsable(side: SideEvidence, verdict: StandbyVerdict): boolean {
  if (verdict.state === 'well' || verdict.state === 'leaving') return true;
  return verdict.state === 'unknown' && side.pod?.isReady === true && side.probe?.mediamtx === 'answers';
}

/** What the time rules go by. Each begins anew whenever it is interrupted. */
function remember(
  shard: ShardEvidence,
  memory: ShardMemory,
  { active, standby }: Verdicts,
  nowMs: number,
): ShardMemory {
  const from = shard.sides[shard.activeSide];
  const to = otherSide(shard.activeSide);
  const other = shard.sides[to];
  if (active.state === 'down') return { downSinceMs: memory.downSinceMs ?? nowMs };
  if (active.state !== 'well' || standby.state !== 'well' || listMissing(from, other).length > 0) return {};
  const isCarried = shard.upgrade?.side === to && shard.upgrade.unplayed.length === 0;
  // Who asks for a side, by hand or by an upgrade, has it until somebody asks otherwise.
  const mayFailBack =
    to === PREFERRED &&
    shard.failover.failback === 'Automatic' &&
    shard.lastReason !== SWITCH_REASONS.requested;
  return {
    ...(other.online.size > from.online.size ? { lessSinceMs: memory.lessSinceMs ?? nowMs } : {}),
    ...(isCarried ? { carriedSinceMs: memory.carriedSinceMs ?? nowMs } : {}),
    ...(mayFailBack ? { wholeSinceMs: memory.wholeSinceMs ?? nowMs } : {}),
  };
}

function isOver(sinceMs: number | undefined, durationMs: number, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= durationMs;
}

function wantsProbe(
  { pod, agent, probe }: SideEvidence,
  verdict: StandbyVerdict,
  isNeeded: boolean,
  nowMs: number,
): boolean {
  if (pod === undefined) return false;
  const isUnheard = agent === undefined;
  const isDoubtful = verdict.state === 'suspect' || (isUnheard && isNeeded);
  return isDoubtful && (probe === undefined || nowMs - probe.atMs >= PROBE_AGAIN_MS);
}

function findWake(
  shard: ShardEvidence,
  { active, standby }: Verdicts,
  memory: ShardMemory,
  isProbing: boolean,
  nowMs: number,
): number {
  const isDoubtful =
    isProbing || [active, standby].some(({ state }) => ['suspect', 'down', 'unknown'].includes(state));
  const after = (sinceMs: number | undefined, durationMs: number) =>
    (sinceMs ?? Number.POSITIVE_INFINITY) + durationMs;
  return Math.min(
    active.untilMs,
    standby.untilMs,
    isDoubtful ? nowMs + PROBE_AGAIN_MS : Number.POSITIVE_INFINITY,
    after(memory.lessSinceMs, LESS_FOR_MS),
    after(memory.carriedSinceMs, CARRIED_FOR_MS),
    after(memory.wholeSinceMs, shard.failover.failbackAfterSeconds * 1000),
  );
}
