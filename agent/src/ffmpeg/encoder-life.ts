/**
 * The life of one rendition's encoder. Pure: what happened and when goes in, what to do comes out.
 *
 *               wanted                    first picture
 *       idle -----------> starting --------------------> encoding
 *        ^ ^               |  ^  |                          |
 *        | | not wanted    |  |  +-- silent: kill --+-------+ (silent: kill)
 *        | +---------------+  |                     v
 *        |                    +-- waited ---- waiting <-- ended
 *        +------- not wanted ---------------------+
 *
 * "Wanted" is the plan's word, and that the source is there, and on a standby that nobody else encodes.
 */
import { type FailureCause, needsPerson } from './failure-cause.ts';

/** Without a sign of life for so long it is killed. */
const SILENT_MS = 2_000;
/** To its first picture it has longer: with a source of several seconds a GOP, or a GPU to wake. */
const START_MS = 10_000;

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 2_000;
/** Where a person must do something: 100 renditions of cameras with a foreign codec would start 50 encoders a second. */
const LAST_DELAY_FOR_PERSON_MS = 30_000;
/** After so long a failure is the first again, and nobody calls it Stalled any more. */
const STEADY_MS = 10_000;

export interface Failure {
  readonly cause: FailureCause;
  /** In a row, this one among them. */
  readonly count: number;
}

/** `last`: the failure before this start, where there was one. */
export type EncoderLife =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly sinceMs: number; readonly last?: Failure }
  | {
      readonly name: 'encoding';
      readonly sinceMs: number;
      readonly advancedMs: number;
      readonly frames: number;
      readonly last?: Failure;
    }
  /** A signal is on its way. `next`: what follows when the process is gone. */
  | { readonly name: 'killing'; readonly next: 'idle' | 'start' | Failure }
  | { readonly name: 'waiting'; readonly untilMs: number; readonly last: Failure };

export type EncoderEvent =
  | { readonly type: 'wanted'; readonly isWanted: boolean; readonly nowMs: number }
  | { readonly type: 'progress'; readonly frames: number; readonly nowMs: number }
  /** The process is gone, whoever ended it; `cause` is of no interest where nobody wanted it any more. */
  | { readonly type: 'ended'; readonly cause: FailureCause; readonly nowMs: number }
  | { readonly type: 'tick'; readonly nowMs: number };

export interface EncoderStep {
  readonly life: EncoderLife;
  /** `start` never comes before the process of an earlier `start` has ended. */
  readonly command?: 'start' | 'kill';
}

export function stepEncoder(life: EncoderLife, event: EncoderEvent): EncoderStep {
  switch (event.type) {
    case 'wanted':
      return event.isWanted ? want(life, event.nowMs) : unwant(life);
    case 'progress':
      return advance(life, event.frames, event.nowMs);
    case 'ended':
      return end(life, event.cause, event.nowMs);
    case 'tick':
      return tick(life, event.nowMs);
  }
}

/** In a row; with the delays between them they take 3 s at least. */
const STALLED_FAILURES = 6;

/**
 * Whether the rendition is to be called `Stalled`: a person must act, or it fails again and again, though between two
 * failures it may encode for a moment.
 */
export function isStalled(life: EncoderLife): boolean {
  if (life.name === 'idle' || life.name === 'killing' || life.last === undefined) return false;
  const { cause, count } = life.last;
  // What encodes can decode.
  return count >= STALLED_FAILURES || (life.name !== 'encoding' && needsPerson(cause));
}

/** 100 ms, doubling to 2 s; to 30 s where only a person can help. */
export function restartDelayMs({ cause, count }: Failure): number {
  const most = needsPerson(cause) ? LAST_DELAY_FOR_PERSON_MS : LAST_DELAY_MS;
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - 1, 16), most);
}

function want(life: EncoderLife, nowMs: number): EncoderStep {
  if (life.name === 'idle') return start(nowMs);
  // What hung waits for its next turn.
  if (life.name === 'killing' && life.next === 'idle') return { life: { ...life, next: 'start' } };
  return { life };
}

function unwant(life: EncoderLife): EncoderStep {
  switch (life.name) {
    case 'idle':
    case 'waiting':
      return { life: { name: 'idle' } };
    case 'killing':
      return { life: { name: 'killing', next: 'idle' } };
    case 'starting':
    case 'encoding':
      return { life: { name: 'killing', next: 'idle' }, command: 'kill' };
  }
}

/** A report without another picture is no sign of life. */
function advance(life: EncoderLife, frames: number, nowMs: number): EncoderStep {
  if (life.name === 'starting' && frames > 0) {
    return { life: { ...life, name: 'encoding', sinceMs: nowMs, advancedMs: nowMs, frames } };
  }
  if (life.name === 'encoding' && frames > life.frames)
    return { life: { ...life, frames, advancedMs: nowMs } };
  return { life };
}

function end(life: EncoderLife, cause: FailureCause, nowMs: number): EncoderStep {
  switch (life.name) {
    case 'idle':
    case 'waiting':
      return { life };
    case 'starting':
    case 'encoding':
      return wait(countFailure(life, cause, nowMs), nowMs);
    case 'killing':
      if (life.next === 'idle') return { life: { name: 'idle' } };
      return life.next === 'start' ? start(nowMs) : wait({ ...life.next, cause }, nowMs);
  }
}

function tick(life: EncoderLife, nowMs: number): EncoderStep {
  switch (life.name) {
    case 'idle':
    case 'killing':
      return { life };
    case 'waiting':
      return nowMs < life.untilMs ? { life } : start(nowMs, life.last);
    case 'starting':
      return nowMs - life.sinceMs < START_MS ? { life } : killHung(life, nowMs);
    case 'encoding':
      return nowMs - life.advancedMs < SILENT_MS ? { life: settle(life, nowMs) } : killHung(life, nowMs);
  }
}

type Running = Extract<EncoderLife, { name: 'starting' | 'encoding' }>;

function start(nowMs: number, last?: Failure): EncoderStep {
  const life: EncoderLife = { name: 'starting', sinceMs: nowMs, ...(last && { last }) };
  return { life, command: 'start' };
}

function wait(last: Failure, nowMs: number): EncoderStep {
  return { life: { name: 'waiting', untilMs: nowMs + restartDelayMs(last), last } };
}

function killHung(life: Running, nowMs: number): EncoderStep {
  return { life: { name: 'killing', next: countFailure(life, 'Hung', nowMs) }, command: 'kill' };
}

/** What runs for long enough has no failure behind it. */
function settle(life: Running, nowMs: number): Running {
  if (life.name !== 'encoding' || nowMs - life.sinceMs < STEADY_MS) return life;
  const { last: _, ...steady } = life;
  return steady;
}

function countFailure(life: Running, cause: FailureCause, nowMs: number): Failure {
  return { cause, count: (settle(life, nowMs).last?.count ?? 0) + 1 };
}
