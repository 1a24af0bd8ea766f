/**
 * One track of the output: drops the copies of what went out, sends what is new, lets it wait where a unit before it
 * is missing that another leg may still bring.
 *
 * The legs are parts of one sequence, the camera's, in its order of sending; each may lack some units. What went out
 * and what waits are the sequence as known so far, and each leg stands somewhere in it (`hint`): a unit that is not
 * found from there on belongs exactly there. Timestamps tell equal units apart; they do not order what a leg brings,
 * since pictures may leave before others that are shown earlier (B-frames).
 *
 *     went out: a b c d | waiting: f g      a leg that stands behind d brings e:  a b c d e | f g
 */
import type { AccessUnit } from './access-unit.ts';
import { findTie, type TieOptions } from './find-tie.ts';
import type { LegTrack, Tie } from './leg-track.ts';
import type { MergerCounters } from './merger-counters.ts';
import { NEXT_UNITS, TrackOutput } from './track-output.ts';

/** How far apart two legs may be. */
export const WINDOW_MS = 3_000;
/** Units may wait for a missing one before them at least so long. */
const MIN_WAIT_MS = 100;
/** A leg that brought nothing for so long is not waited for. */
const ALIVE_MS = 1_000;
/** A leg that came back lately is so far from its usual delay at most. */
const MAX_OFF_MS = 300;
/** Units in a row of other content than what went out that show a leg to be another encoding. */
const MAX_CONFLICTS = 5;
/** Timestamps that grew for so many units in a row are of a stream without B-frames. */
const STEADY_UNITS = 12;
/** More waiting units than this, and the oldest goes without waiting. */
const MAX_WAITING = 256;
/** A key frame of so many bytes is no repetition of another. */
const TELLING_KEY_BYTES = 1_024;
/** Units in a row that are no repetition of others; of audio more, since its units are small. */
const VIDEO_RUN_UNITS = 2;
const AUDIO_RUN_UNITS = 4;

/** `conflict`: the leg brought other content once too often where ours went out. */
export type Placing = 'placed' | 'conflict';

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
  ticks: number;
  /** Whether one before it may be missing. */
  readonly mayMiss: boolean;
  /** Whether its leg's clock may have been set anew before it. */
  readonly isAfterJump: boolean;
  readonly sinceMs: number;
}

export class TrackMerger {
  readonly output: TrackOutput;
  readonly #options: TrackMergerOptions;
  /** What goes out next, in order. */
  readonly #waiting: Waiting[] = [];
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(options: TrackMergerOptions) {
    this.#options = options;
    this.output = new TrackOutput(options.clockRate, options.isVideo);
  }

  /** When the first of the waiting units goes without waiting longer, ms. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** The usual time between two units, ms. */
  get intervalMs(): number {
    return this.#toMs(this.output.intervalTicks);
  }

  /** Ticks of `ms`. */
  toTicks(ms: number): number {
    return Math.round((ms * this.output.clockRate) / 1_000);
  }

  /** Where in what went out the newest unit of `leg` stands; undefined where there is no unmistakable match. */
  findInOutput(leg: LegTrack, unit: AccessUnit): number | undefined {
    const measureMs = (legPosition: number, position: number) => this.#isOffMs(leg, legPosition, position);
    return findTie(leg.history, this.output.history, { ...this.#tieOptions(leg, unit), measureMs });
  }

  /** Where in what `leg` brought the unit stands that went out last. */
  findNewestIn(leg: LegTrack, unit: AccessUnit): number | undefined {
    const measureMs = (position: number, legPosition: number) => this.#isOffMs(leg, legPosition, position);
    return findTie(this.output.history, leg.history, { ...this.#tieOptions(leg, unit), measureMs });
  }

  /** Ties exactly a track that was tied by reckoning, once its units are seen to be those that went out. */
  tieExactly(leg: LegTrack, unit: AccessUnit): boolean {
    const position = this.findInOutput(leg, unit);
    if (position === undefined) return false;
    const offset = this.output.history.ticksAt(position) - leg.history.ticksAt(leg.history.end - 1);
    leg.tie = { offset, exact: true };
    leg.hint = position;
    return true;
  }

  /** The same, of a leg that brought before what went out just now. */
  tieAhead(leg: LegTrack, unit: AccessUnit): void {
    const position = this.findNewestIn(leg, unit);
    if (position === undefined) return;
    leg.tie = { offset: this.output.newestTicks - leg.history.ticksAt(position), exact: true };
    leg.hint = this.output.history.end;
    leg.isAfterHole = position + 1 < leg.history.end;
  }

  /** A unit of a leg that carries and is tied. */
  place(arrival: Arrival, nowMs: number): Placing {
    const { unit, leg } = arrival;
    const isNew =
      leg.tie !== undefined && !this.#isKnown(arrival, nowMs) && this.#placeNew(arrival, leg.tie, nowMs);
    if (!isNew) unit.packets.recycle();
    return leg.conflicts > MAX_CONFLICTS ? 'conflict' : 'placed';
  }

  /** False where the unit is not to go out. */
  #placeNew(arrival: Arrival, tie: Tie, nowMs: number): boolean {
    const { output } = this;
    const { unit, leg } = arrival;
    if (this.#hasStepped(leg)) tie.offset = output.maxTicks + output.intervalTicks - unit.ticks;
    const ticks = unit.ticks + tie.offset;
    const isBehind = leg.hint < output.history.end;
    if (isBehind && this.#conflicts(leg, ticks)) {
      this.#distrustBoth(leg, nowMs);
      return false;
    }
    // A leg that knows that it lost something may have lost all that went out since.
    const knowsPlace = !unit.isAfterLoss && !leg.isAfterHole;
    const isLate = isBehind && (knowsPlace ? ticks <= output.maxTicks : !output.mayComeNext(ticks));
    // Before the first key frame, or between units that went out already.
    if (ticks < 0 || isLate) {
      this.#options.counters.late += 1;
      if (isBehind && knowsPlace && leg.hint > 0) this.#noteMissed(leg, leg.hint, nowMs);
      return false;
    }
    return this.#insert(arrival, ticks, nowMs);
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
    this.#dueMs = Number.POSITIVE_INFINITY;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (first.mayMiss) {
        this.#dueMs = first.sinceMs + this.#waitMs(first.leg, this.output.history.end, nowMs);
        if (nowMs < this.#dueMs) return;
        this.#dueMs = Number.POSITIVE_INFINITY;
      }
      this.#sendFirst(nowMs);
    }
  }

  releaseAll(nowMs: number): void {
    while (this.#waiting.length > 0) this.#sendFirst(nowMs);
  }

  /**
   * How far the leg's unit, taken for the one at `position`, would be from where the leg had brought it at its usual
   * delay, ms; while that is not known, from the time of the other copy: legs are seldom far apart.
   */
  #isOffMs(leg: LegTrack, legPosition: number, position: number): number {
    const { history } = this.output;
    const arrivedMs = leg.history.atMsAt(legPosition);
    const expectedMs =
      leg.delayMs === undefined
        ? history.atMsAt(position)
        : this.#toMs(history.ticksAt(position)) + leg.delayMs;
    return Math.abs(arrivedMs - expectedMs);
  }

  #toMs(ticks: number): number {
    return (ticks * 1_000) / this.output.clockRate;
  }

  #tieOptions(leg: LegTrack, unit: AccessUnit): Omit<TieOptions, 'measureMs'> {
    const isTelling = this.output.isVideo && unit.key && unit.bytes >= TELLING_KEY_BYTES;
    const runUnits = isTelling ? 1 : this.output.isVideo ? VIDEO_RUN_UNITS : AUDIO_RUN_UNITS;
    const { toleranceTicks } = this.output;
    const maxOffMs = leg.isBackSince(leg.lastAtMs - WINDOW_MS) ? MAX_OFF_MS : Number.POSITIVE_INFINITY;
    return { toleranceTicks, windowMs: WINDOW_MS, runUnits, maxOffMs };
  }

  // --- units that went out, or that wait

  /** Whether the unit went out already or waits. Ties its leg anew, as the clocks of two servers drift or are set anew. */
  #isKnown(arrival: Arrival, nowMs: number): boolean {
    const { leg } = arrival;
    const { history } = this.output;
    const ticks = arrival.unit.ticks + (leg.tie?.offset ?? 0);
    const position = this.#find(arrival, ticks);
    if (position === undefined || leg.tie === undefined) return false;
    const waiting = this.#waiting[position - history.end];
    leg.tie.offset += (waiting?.ticks ?? history.ticksAt(position)) - ticks;
    leg.learnDelay(arrival.arrivedMs - this.#toMs(arrival.unit.ticks + leg.tie.offset));
    leg.lagMs = Math.max(nowMs - (waiting?.arrivedMs ?? history.atMsAt(position)), leg.lagMs * 0.98);
    if (leg.hint > 0 && position > leg.hint && !leg.isAfterHole) leg.distrust(nowMs);
    leg.isAfterHole = false;
    leg.hint = Math.max(leg.hint, position + 1);
    leg.conflicts = 0;
    this.#options.counters.copies += 1;
    return true;
  }

  /** The position of the unit; past the end of what went out are those that wait. */
  #find({ unit, leg }: Arrival, ticks: number): number | undefined {
    const { output } = this;
    const { identity } = unit;
    const exact = this.#findWaiting(identity, ticks) ?? output.find(identity, ticks, leg.hint);
    if (exact !== undefined) return exact;
    const mayHaveJumped = this.#mayHaveJumped(unit, leg);
    return (
      output.findNext(identity, ticks, leg.hint, mayHaveJumped) ??
      this.#findNextWaiting(unit, leg, ticks, mayHaveJumped)
    );
  }

  #findWaiting(identity: number, ticks: number): number | undefined {
    for (let at = 0; at < this.#waiting.length; at += 1) {
      const other = this.#waiting[at];
      if (other?.unit.identity !== identity) continue;
      if (Math.abs(other.ticks - ticks) <= this.output.toleranceTicks) return this.output.history.end + at;
    }
    return undefined;
  }

  /** The same where one of the two legs set its clock anew: the lesser step is the true one. */
  #findNextWaiting(
    unit: AccessUnit,
    leg: LegTrack,
    ticks: number,
    mayHaveJumped: boolean,
  ): number | undefined {
    const { history, clockRate, maxTicks } = this.output;
    const from = Math.max(0, leg.hint - history.end);
    const last = Math.min(this.#waiting.length, leg.hint + NEXT_UNITS - history.end);
    for (let at = from; at < last; at += 1) {
      const other = this.#waiting[at];
      if (other === undefined || other.leg === leg || other.unit.identity !== unit.identity) continue;
      const apart = other.ticks - ticks;
      if (!(mayHaveJumped || other.isAfterJump) || Math.abs(apart) > clockRate || this.#isRepeated(at))
        continue;
      if (apart > 0 && ticks > maxTicks && other.leg.tie !== undefined) {
        other.leg.tie.offset -= apart;
        other.ticks = ticks;
      }
      return history.end + at;
    }
    return undefined;
  }

  /** Whether the leg's clock may have been set anew before its newest unit. */
  #mayHaveJumped(unit: AccessUnit, { history }: LegTrack): boolean {
    return !unit.isAfterLoss && !this.output.isUsualStep(history.stepTo(history.end - 1));
  }

  /** Whether the unit at `at` of those that wait is like one beside it, so that its content does not tell it apart. */
  #isRepeated(at: number): boolean {
    const { history } = this.output;
    const identity = this.#waiting[at]?.unit.identity;
    const before = at === 0 ? history.identityAt(history.end - 1) : this.#waiting[at - 1]?.unit.identity;
    return before === identity || this.#waiting[at + 1]?.unit.identity === identity;
  }

  // --- units that are new

  /** False where a better copy waits. */
  #insert(arrival: Arrival, ticks: number, nowMs: number): boolean {
    const { unit, leg, arrivedMs } = arrival;
    const { history } = this.output;
    let at = Math.max(0, leg.hint - history.end);
    const isAfterLoss = unit.isAfterLoss || leg.isAfterHole || leg.hint < history.end;
    const mayMiss = isAfterLoss || leg.isDistrusted(nowMs) || this.#leavesGap(at, ticks);
    leg.isAfterHole = false;
    // What a leg brings that misses nothing comes next, whatever its timestamp.
    for (let next = this.#waiting[at]; mayMiss && next !== undefined; next = this.#waiting[at]) {
      if (!this.#goesBefore(next, arrival, ticks)) break;
      at += 1;
    }
    const rival = this.#waiting[at];
    if (rival !== undefined && this.#areRivals(rival, arrival, ticks)) {
      this.#distrustBoth(leg, nowMs);
      leg.hint = history.end + at + 1;
      if (rival.unit.bytes >= unit.bytes) return false;
      rival.unit.packets.recycle();
      unit.packets.hold();
      this.#waiting[at] = { ...rival, unit, leg, ticks };
      return true;
    }
    const position = history.end + at;
    leg.hint = position + 1;
    leg.learnDelay(arrivedMs - this.#toMs(ticks));
    if (this.#waiting.length === 0 && !(mayMiss && this.#waitMs(leg, position, nowMs) > 0)) {
      this.sendAt(unit, ticks, nowMs, arrivedMs);
      return true;
    }
    if (at < this.#waiting.length) this.#noteMissed(leg, position, nowMs);
    for (const other of this.#options.carriers()) {
      if (other !== leg && other.hint > position) other.hint += 1;
    }
    const isAfterJump = this.#mayHaveJumped(unit, leg);
    unit.packets.hold();
    this.#waiting.splice(at, 0, { ...arrival, ticks, mayMiss, isAfterJump, sinceMs: nowMs });
    if (this.#waiting.length > MAX_WAITING) this.#sendFirst(nowMs);
    return true;
  }

  /** Whether a waiting unit was sent before one that its leg may not have brought, as far as can be known. */
  #goesBefore(waiting: Waiting, { leg, arrivedMs }: Arrival, ticks: number): boolean {
    const { isReordered, toleranceTicks } = this.output;
    if (!isReordered) return waiting.ticks < ticks - toleranceTicks;
    return waiting.arrivedMs - (waiting.leg.delayMs ?? 0) < arrivedMs - (leg.delayMs ?? 0);
  }

  #sendFirst(nowMs: number): void {
    const first = this.#waiting.shift();
    if (first !== undefined) this.sendAt(first.unit, first.ticks, nowMs, first.arrivedMs);
  }

  /** Two units that say to be the same picture: one is damaged, as a transport that loses bytes may leave it. */
  #areRivals(rival: Waiting, { leg }: Arrival, ticks: number): boolean {
    const { output } = this;
    return (
      rival.leg !== leg &&
      output.isVideo &&
      !output.hasEqualTicks &&
      Math.abs(rival.ticks - ticks) <= output.toleranceTicks
    );
  }

  /** Whether there seems to be a unit missing before one that goes behind the first `at` waiting ones. */
  #leavesGap(at: number, ticks: number): boolean {
    const before = this.#waiting[at - 1];
    return before === undefined
      ? this.output.leavesGap(ticks)
      : !this.output.isReordered && this.output.isLongStep(ticks - before.ticks);
  }

  /**
   * How long legs other than `leg` that live may take to come past `position`, ms; 0 when all that there are have.
   */
  #waitMs(leg: LegTrack, position: number, nowMs: number): number {
    let waitMs = 0;
    for (const other of this.#options.carriers()) {
      if (other === leg || other.tie?.exact !== true || nowMs - other.lastAtMs >= ALIVE_MS) continue;
      if (other.hint > position) continue;
      const lagMs = 1.25 * other.lagMs + 2 * this.intervalMs;
      waitMs = Math.max(waitMs, Math.min(WINDOW_MS, Math.max(MIN_WAIT_MS, lagMs)));
    }
    return waitMs;
  }

  // --- legs that lose units

  /** `leg` brought a unit at `position` that those past it did not. */
  #noteMissed(leg: LegTrack, position: number, nowMs: number): void {
    for (const other of this.#options.carriers()) {
      if (other !== leg && other.tie?.exact === true && other.hint > position) other.distrust(nowMs);
    }
  }

  /** `leg` and another differ, and it cannot be told which is right. */
  #distrustBoth(leg: LegTrack, nowMs: number): void {
    leg.distrust(nowMs);
    this.#noteMissed(leg, leg.hint, nowMs);
  }

  /** Whether the leg that is first stepped back, in a stream whose timestamps never do (no B-frames). */
  #hasStepped(leg: LegTrack): boolean {
    const { history } = leg;
    const newest = history.end - 1;
    const oldest = newest - STEADY_UNITS;
    if (oldest < history.start || leg.hint < this.output.history.end + this.#waiting.length) return false;
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
}
