/**
 * One track of the output: drops the copies of what went out, sends what is new, lets it wait where a unit before it
 * is missing that another leg may still bring.
 */
import type { AccessUnit } from './access-unit.ts';
import { findTie, type TieOptions } from './find-tie.ts';
import type { LegTrack } from './leg-track.ts';
import type { MergerCounters } from './merger-counters.ts';
import { TrackOutput } from './track-output.ts';

/** How far apart two legs may be. */
export const WINDOW_MS = 3_000;
/** Units may wait for a missing one before them at least so long. */
const MIN_WAIT_MS = 100;
/** A step of more than so many intervals looks like a missing unit. */
const GAP_INTERVALS = 1.5;
/** Units in a row of other content than what went out that show a leg to be another encoding. */
const MAX_CONFLICTS = 5;
/** Timestamps that grew for so many units in a row are of a stream without B-frames. */
const STEADY_UNITS = 12;
/** More waiting units than this, and the oldest goes without waiting. */
const MAX_PENDING = 256;
/** A key frame of so many bytes is no repetition of another. */
const TELLING_KEY_BYTES = 1_024;
/** Units in a row that are no repetition of others; of audio more, since its units are small. */
const VIDEO_RUN_UNITS = 2;
const AUDIO_RUN_UNITS = 4;

/** `conflict`: the leg brought other content once too often where ours went out. */
export type Placing = 'copy' | 'sent' | 'waits' | 'late' | 'conflict';

export interface TrackMergerOptions {
  readonly clockRate: number;
  readonly isVideo: boolean;
  readonly counters: MergerCounters;
  /** This track of every leg that carries. */
  readonly carriers: () => readonly LegTrack[];
  readonly send: (unit: AccessUnit, ticks: number, nowMs: number) => void;
}

/** A unit with the leg that brought it and when. */
interface Arrival {
  readonly unit: AccessUnit;
  readonly leg: LegTrack;
  readonly arrivedMs: number;
}

/** A unit that waits, because one before it seems to be missing and another leg may still bring it. */
interface Waiting extends Arrival {
  readonly ticks: number;
  readonly untilMs: number;
}

export class TrackMerger {
  readonly output: TrackOutput;
  readonly #options: TrackMergerOptions;
  readonly #waiting: Waiting[] = [];

  constructor(options: TrackMergerOptions) {
    this.#options = options;
    this.output = new TrackOutput(options.clockRate, options.isVideo);
  }

  /** When the first of the waiting units goes without waiting longer, ms. */
  get dueMs(): number {
    return this.#waiting[0]?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** The usual time between two units, ms. */
  get intervalMs(): number {
    return (this.output.intervalTicks * 1_000) / this.output.clockRate;
  }

  /** Ticks of `ms`. */
  toTicks(ms: number): number {
    return Math.round((ms * this.output.clockRate) / 1_000);
  }

  /** Where in what went out the newest unit of `leg` stands; undefined where there is no unmistakable match. */
  findInOutput(leg: LegTrack, unit: AccessUnit): number | undefined {
    return findTie(leg.history, this.output.history, this.#tieOptions(unit));
  }

  /** Where in what `leg` brought the unit stands that went out last. */
  findNewestIn(leg: LegTrack, unit: AccessUnit): number | undefined {
    return findTie(this.output.history, leg.history, this.#tieOptions(unit));
  }

  /** Ties exactly a track that was tied by reckoning, once its units are seen to be those that went out. */
  tieExactly(leg: LegTrack, unit: AccessUnit): boolean {
    const position = this.findInOutput(leg, unit);
    if (position === undefined) return false;
    const offset = this.output.history.ticksAt(position) - leg.history.ticksAt(leg.history.end - 1);
    leg.tie = { offset, exact: true };
    return true;
  }

  /** The same, of a leg that brought before what went out just now. */
  tieAhead(leg: LegTrack, unit: AccessUnit): void {
    const position = this.findNewestIn(leg, unit);
    if (position === undefined) return;
    leg.tie = { offset: this.output.newestTicks - leg.history.ticksAt(position), exact: true };
  }

  /** A unit of a leg that carries and is tied. */
  place(arrival: Arrival, nowMs: number): Placing {
    const { output } = this;
    const { unit, leg } = arrival;
    if (this.#isWaiting(arrival) || this.#isCopy(arrival, nowMs)) return this.#countCopy(arrival);
    if (leg.tie !== undefined && this.#hasStepped(leg)) {
      leg.tie.offset = output.maxTicks + output.intervalTicks - unit.ticks;
    }
    const ticks = unit.ticks + (leg.tie?.offset ?? 0);
    leg.reachedTicks = Math.max(leg.reachedTicks, ticks);
    // What comes after the newest that went out is new, even at the same time: some cameras mark each slice as a picture.
    const isLevel = leg.hint === output.history.end;
    if (!isLevel && this.#conflicts(leg, ticks)) return leg.conflicts > MAX_CONFLICTS ? 'conflict' : 'late';
    // Before the first key frame, or between units that went out already.
    if (ticks < 0 || (!isLevel && ticks <= output.maxTicks)) {
      this.#options.counters.late += 1;
      return 'late';
    }
    return this.#sendOrWait(arrival, ticks, nowMs);
  }

  /** Sends a unit where the caller says. */
  sendAt(unit: AccessUnit, ticks: number, nowMs: number, arrivedMs = nowMs): void {
    this.#options.counters.sent += 1;
    this.output.add(unit.identity, ticks, arrivedMs, nowMs);
    this.#options.send(unit, ticks, nowMs);
    unit.packets.recycle();
  }

  /** Sends the waiting units whose time has come, or that miss nothing any more. */
  release(nowMs: number): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const mayWait = nowMs < first.untilMs && this.#leavesGap(first.ticks);
      if (mayWait && this.#waitMs(first.leg, first.ticks, Number.NEGATIVE_INFINITY) > 0) return;
      this.#sendFirstWaiting(nowMs);
    }
  }

  releaseAll(nowMs: number): void {
    while (this.#waiting.length > 0) this.#sendFirstWaiting(nowMs);
  }

  #tieOptions(unit: AccessUnit): TieOptions {
    const isTelling = this.output.isVideo && unit.key && unit.bytes >= TELLING_KEY_BYTES;
    const runUnits = isTelling ? 1 : this.output.isVideo ? VIDEO_RUN_UNITS : AUDIO_RUN_UNITS;
    return { toleranceTicks: this.output.toleranceTicks, windowMs: WINDOW_MS, runUnits };
  }

  #isWaiting({ unit, leg }: Arrival): boolean {
    const ticks = unit.ticks + (leg.tie?.offset ?? 0);
    return this.#waiting.some(
      (other) =>
        other.unit.identity === unit.identity && Math.abs(other.ticks - ticks) <= this.output.toleranceTicks,
    );
  }

  /** Whether the unit went out already. Ties its leg anew, as the clocks of two servers drift or are set anew. */
  #isCopy({ unit, leg }: Arrival, nowMs: number): boolean {
    const { output } = this;
    if (leg.tie === undefined) return false;
    const ticks = unit.ticks + leg.tie.offset;
    const { identity } = unit;
    const position = output.find(identity, ticks, leg.hint) ?? output.findNext(identity, ticks, leg.hint);
    if (position === undefined) return false;
    leg.hint = position + 1;
    leg.tie.offset += output.history.ticksAt(position) - ticks;
    leg.lagMs = Math.max(nowMs - output.history.atMsAt(position), leg.lagMs * 0.98);
    return true;
  }

  #countCopy({ unit, leg }: Arrival): Placing {
    unit.packets.recycle();
    this.#options.counters.copies += 1;
    leg.conflicts = 0;
    leg.reachedTicks = Math.max(leg.reachedTicks, unit.ticks + (leg.tie?.offset ?? 0));
    return 'copy';
  }

  /** Whether the leg that is first stepped back, in a stream whose timestamps never do (no B-frames). */
  #hasStepped(leg: LegTrack): boolean {
    const { history } = leg;
    const newest = history.end - 1;
    const oldest = newest - STEADY_UNITS;
    if (oldest < history.start || leg.reachedTicks < this.output.maxTicks - this.output.toleranceTicks)
      return false;
    for (let at = oldest + 1; at < newest; at += 1) {
      if (history.ticksAt(at) <= history.ticksAt(at - 1)) return false;
    }
    return history.ticksAt(newest) <= history.ticksAt(newest - 1);
  }

  /** Whether other content went out where this unit stands. */
  #conflicts(leg: LegTrack, ticks: number): boolean {
    const { output } = this;
    const reach = output.isVideo ? output.toleranceTicks : output.intervalTicks / 2;
    if (!output.hasWithin(ticks, reach)) return false;
    leg.conflicts += 1;
    this.#options.counters.conflicts += 1;
    return true;
  }

  #sendOrWait(arrival: Arrival, ticks: number, nowMs: number): Placing {
    const { unit, leg, arrivedMs } = arrival;
    const isNext = ticks < (this.#waiting[0]?.ticks ?? Number.POSITIVE_INFINITY);
    const waitMs = this.#leavesGap(ticks) ? this.#waitMs(leg, ticks, nowMs - WINDOW_MS / 10) : 0;
    if (isNext && waitMs === 0) {
      this.#sendOf(leg, unit, ticks, { nowMs, arrivedMs });
      return 'sent';
    }
    const after = this.#waiting.findIndex((other) => other.ticks > ticks);
    unit.packets.hold();
    const waiting = { ...arrival, ticks, untilMs: nowMs + waitMs };
    this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, waiting);
    if (this.#waiting.length > MAX_PENDING) this.#sendFirstWaiting(nowMs);
    return 'waits';
  }

  #sendFirstWaiting(nowMs: number): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    const { unit, leg, ticks, arrivedMs } = first;
    // Its leg's clock may have been set anew before it: then another leg has brought it in the meantime.
    if (this.#isCopy(first, nowMs)) this.#countCopy(first);
    else this.#sendOf(leg, unit, ticks, { nowMs, arrivedMs });
  }

  #sendOf(leg: LegTrack, unit: AccessUnit, ticks: number, times: { nowMs: number; arrivedMs: number }): void {
    this.sendAt(unit, ticks, times.nowMs, times.arrivedMs);
    leg.hint = this.output.history.end;
  }

  #leavesGap(ticks: number): boolean {
    const { intervalTicks, maxTicks } = this.output;
    return intervalTicks > 0 && ticks - maxTicks > GAP_INTERVALS * intervalTicks;
  }

  /**
   * How long a leg other than `leg` that brought something after `sinceMs` may take to bring what lies before `ticks`,
   * ms; 0 when none will.
   */
  #waitMs(leg: LegTrack, ticks: number, sinceMs: number): number {
    let waitMs = 0;
    for (const other of this.#options.carriers()) {
      if (other === leg || other.tie?.exact !== true || other.lastAtMs <= sinceMs) continue;
      if (other.reachedTicks >= ticks - this.output.toleranceTicks) continue;
      const lagMs = 1.25 * other.lagMs + 2 * this.intervalMs;
      waitMs = Math.max(waitMs, Math.min(WINDOW_MS, Math.max(MIN_WAIT_MS, lagMs)));
    }
    return waitMs;
  }
}
