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
import { type Arrival, findTicks, type Waiting } from './arrival.ts';
import { CopyFinder, mayHaveJumped } from './copy-finder.ts';
import { type Departure, KnownUnits } from './known-units.ts';
import type { LegTrack, Tie } from './leg-track.ts';
import type { MergerCounters } from './merger-counters.ts';
import { TrackOutput } from './track-output.ts';
import { TrackTies, WINDOW_MS } from './track-ties.ts';

/** Units may wait for a missing one before them at least so long. */
const MIN_WAIT_MS = 100;
/** A leg that brought nothing for so long is not waited for. */
const ALIVE_MS = 1_000;
/** So many units in a row that none of the others brought, though these are past them, show a leg to be another encoding. */
const MAX_STRANGERS = 5;
/** Timestamps that grew for so many units in a row are of a stream without B-frames. */
const STEADY_UNITS = 12;
/** More waiting units than this, or more of their bytes, and the oldest goes without waiting. */
const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** So far apart two copies may be because a server rounds its timestamps (RTMP: to 1 ms), ms. */
const NOISE_MS = 2;
/**
 * Of what is within the noise a leg's clock follows so much, enough for the drift of two clocks: all of it, and the legs
 * would follow one another's roundings, away from the other tracks.
 */
const DRIFT_SHARE = 1 / 64;

/** `conflict`: the leg brought once too often what no other leg has. */
export type Placing = 'placed' | 'conflict';

export interface TrackMergerOptions {
  readonly clockRate: number;
  readonly isVideo: boolean;
  readonly counters: MergerCounters;
  /** This track of every leg that carries. */
  readonly carriers: () => readonly LegTrack[];
  readonly send: (unit: AccessUnit, ticks: number, nowMs: number) => void;
}

export class TrackMerger {
  readonly output: TrackOutput;
  readonly ties: TrackTies;
  readonly #options: TrackMergerOptions;
  /** What goes out next, in order. */
  readonly #waiting: Waiting[] = [];
  readonly #known: KnownUnits;
  readonly #copies: CopyFinder;
  #waitingBytes = 0;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(options: TrackMergerOptions) {
    this.#options = options;
    this.output = new TrackOutput(options.clockRate, options.isVideo);
    this.#known = new KnownUnits(this.output, this.#waiting);
    this.#copies = new CopyFinder(this.output, this.#known, this.#waiting);
    this.ties = new TrackTies(this.output, this.#known);
  }

  /** When the first of the waiting units goes without waiting longer, ms. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** What the waiting units take. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The usual time between two units, ms. */
  get intervalMs(): number {
    return this.#toMs(this.output.intervalTicks);
  }

  /** Ticks of `ms`. */
  toTicks(ms: number): number {
    return Math.round((ms * this.output.clockRate) / 1_000);
  }

  /** A unit of a leg that carries and is tied. */
  place(arrival: Arrival, nowMs: number): Placing {
    const { unit, leg } = arrival;
    const isNew =
      leg.tie !== undefined && !this.#isKnown(arrival, nowMs) && this.#placeNew(arrival, leg.tie, nowMs);
    if (!isNew) unit.packets.recycle();
    return leg.strangers > MAX_STRANGERS ? 'conflict' : 'placed';
  }

  /** False where the unit is not to go out. */
  #placeNew(arrival: Arrival, tie: Tie, nowMs: number): boolean {
    const { output } = this;
    const { unit, leg } = arrival;
    if (this.#hasStepped(arrival, tie)) tie.offset = output.maxTicks + output.intervalTicks - unit.ticks;
    const ticks = findTicks(arrival, tie);
    leg.placedTicks = ticks;
    const isBehind = leg.hint < output.history.end;
    if (isBehind && this.#conflicts(ticks)) {
      this.#noteStranger(leg);
      this.#distrustBoth(leg, nowMs);
      return false;
    }
    // A leg that knows that it lost something may have lost all that went out since.
    const knowsPlace = !unit.isAfterLoss && !leg.isAfterHole;
    // Others brought something else after what it brought last.
    if (isBehind && knowsPlace && leg.hint > 0) this.#noteStranger(leg);
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
  sendAt({ unit, ticks, arrivedMs, isAfterLoss, leg }: Departure, nowMs: number): void {
    this.#options.counters.sent += 1;
    this.#known.noteSent(leg);
    this.output.add(unit.identity, ticks, arrivedMs, isAfterLoss);
    this.output.lastAtMs = nowMs;
    this.#options.send(unit, ticks, nowMs);
    unit.packets.recycle();
  }

  /** Sends the waiting units whose time has come, or that miss nothing any more. */
  release(nowMs: number): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (first.mayMiss) {
        this.#dueMs = first.sinceMs + this.#waitMs(first, this.output.history.end, nowMs);
        if (nowMs < this.#dueMs) return;
        this.#dueMs = Number.POSITIVE_INFINITY;
      }
      this.#sendFirst(nowMs);
    }
  }

  releaseAll(nowMs: number): void {
    while (this.#waiting.length > 0) this.#sendFirst(nowMs);
  }

  #toMs(ticks: number): number {
    return (ticks * 1_000) / this.output.clockRate;
  }

  // --- units that went out, or that wait

  /** Whether the unit went out already or waits. Ties its leg anew, as the clocks of two servers drift or are set anew. */
  #isKnown(arrival: Arrival, nowMs: number): boolean {
    const { leg } = arrival;
    if (leg.tie === undefined) return false;
    const ticks = findTicks(arrival, leg.tie);
    const position = this.#copies.find(arrival, ticks);
    if (position === undefined) return false;
    const knownTicks = this.#known.ticksAt(position);
    leg.placedTicks = knownTicks;
    const offTicks = knownTicks - ticks;
    leg.tie.offset += Math.abs(offTicks) > this.toTicks(NOISE_MS) ? offTicks : offTicks * DRIFT_SHARE;
    const delayMs = arrival.arrivedMs - this.#toMs(arrival.unit.ticks + leg.tie.offset);
    leg.learnDelay(delayMs, arrival.arrivedMs);
    leg.lagMs = Math.max(nowMs - this.#known.atMsAt(position), leg.lagMs * 0.98);
    if (leg.hint > 0 && position > leg.hint && !leg.isAfterHole) leg.distrust(nowMs);
    leg.isAfterHole = false;
    leg.hint = Math.max(leg.hint, position + 1);
    leg.strangers = 0;
    const bringer = this.#known.bringerAt(position);
    if (bringer !== undefined) bringer.strangers = 0;
    this.#options.counters.copies += 1;
    return true;
  }

  // --- units that are new

  /** False where a better copy waits. */
  #insert(arrival: Arrival, ticks: number, nowMs: number): boolean {
    const { unit, leg, arrivedMs } = arrival;
    const { history } = this.output;
    const first = Math.max(0, leg.hint - history.end);
    let at = first;
    const isAfterLoss = unit.isAfterLoss || leg.isAfterHole || leg.hint < history.end;
    const mayMiss = isAfterLoss || leg.isDistrusted(nowMs) || this.#leavesGap(at, ticks);
    const { isAfterHole } = leg;
    leg.isAfterHole = false;
    // What a leg brings that misses nothing comes next, whatever its timestamp.
    for (let next = this.#waiting[at]; mayMiss && next !== undefined; next = this.#waiting[at]) {
      if (!this.#goesBefore(next, arrival, ticks)) break;
      at += 1;
    }
    const rival = this.#waiting[at];
    if (rival !== undefined && this.#areRivals(rival, arrival, ticks)) {
      this.#noteStranger(leg);
      this.#distrustBoth(leg, nowMs);
      leg.hint = history.end + at + 1;
      if (rival.unit.bytes >= unit.bytes) return false;
      rival.unit.packets.recycle();
      unit.packets.hold();
      this.#waiting[at] = { ...rival, unit, leg, ticks };
      this.#waitingBytes += unit.bytes - rival.unit.bytes;
      return true;
    }
    if (at > first && !isAfterLoss) this.#noteStranger(leg);
    const position = history.end + at;
    leg.hint = position + 1;
    leg.learnDelay(arrivedMs - this.#toMs(ticks), arrivedMs);
    if (this.#waiting.length === 0 && !(mayMiss && this.#waitMs({ leg, isAfterHole }, position, nowMs) > 0)) {
      this.sendAt({ unit, ticks, arrivedMs, isAfterLoss, leg }, nowMs);
      return true;
    }
    if (at < this.#waiting.length) this.#noteMissed(leg, position, nowMs);
    for (const other of this.#options.carriers()) {
      if (other !== leg && other.hint > position) other.hint += 1;
    }
    const isAfterJump = mayHaveJumped(arrival, this.output);
    unit.packets.hold();
    const waiting = { ...arrival, ticks, isAfterLoss, mayMiss, isAfterHole, isAfterJump, sinceMs: nowMs };
    this.#waiting.splice(at, 0, waiting);
    this.#waitingBytes += unit.bytes;
    while (this.#waiting.length > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES)
      this.#sendFirst(nowMs);
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
    if (first === undefined) return;
    this.#waitingBytes -= first.unit.bytes;
    this.sendAt(first, nowMs);
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
   * How long legs other than `leg` that live may take to come past `position`, ms; 0 when all that there are have. What
   * `leg` did not keep they all have, however late: they are waited for as long as copies may be apart.
   */
  #waitMs(
    { leg, isAfterHole }: Pick<Waiting, 'leg' | 'isAfterHole'>,
    position: number,
    nowMs: number,
  ): number {
    let waitMs = 0;
    for (const other of this.#options.carriers()) {
      if (other === leg || other.tie?.exact !== true || nowMs - other.lastAtMs >= ALIVE_MS) continue;
      if (other.hint > position) continue;
      if (isAfterHole) return WINDOW_MS;
      const behindMs = Math.max(other.lagMs, other.behindMs(leg));
      const lagMs = 1.25 * behindMs + 2 * this.intervalMs;
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

  /**
   * Whether the leg that is first stepped back, or brings what is new before what went out, in a stream whose timestamps
   * never do (no B-frames).
   */
  #hasStepped(arrival: Arrival, tie: Tie): boolean {
    const { leg, position: newest } = arrival;
    const { history } = leg;
    const oldest = newest - STEADY_UNITS;
    if (oldest < history.start || leg.hint < this.output.history.end + this.#waiting.length) return false;
    for (let at = oldest + 1; at < newest; at += 1) {
      if (history.ticksAt(at) <= history.ticksAt(at - 1)) return false;
    }
    const isBack = history.ticksAt(newest) <= history.ticksAt(newest - 1);
    return isBack || (leg.hint > 0 && findTicks(arrival, tie) <= this.output.maxTicks);
  }

  /** Whether other content went out where a unit stands. */
  #conflicts(ticks: number): boolean {
    const { output } = this;
    const reach = output.isVideo ? output.toleranceTicks : output.intervalTicks / 2;
    return output.hasWithin(ticks, reach);
  }

  /** Of legs that bring copies one may lack what the others have, but not one unit after the other. */
  #noteStranger(leg: LegTrack): void {
    leg.strangers += 1;
    this.#options.counters.conflicts += 1;
  }
}
