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
import { type Departure, KnownUnits } from './known-units.ts';
import type { KeptUnit, LegTrack, Tie } from './leg-track.ts';
import type { MergerCounters } from './merger-counters.ts';
import { TrackOutput } from './track-output.ts';
import { TrackTies, WINDOW_MS } from './track-ties.ts';

/** Units may wait for a missing one before them at least so long. */
const MIN_WAIT_MS = 100;
/** A leg that brought nothing for so long is not waited for. */
const ALIVE_MS = 1_000;
/** So many units in a row that none of the others brought, though these are past them, show a leg to be another encoding. */
const MAX_STRANGERS = 5;
/** So many units that went out last it is known who brought them: 3 s of video, and of audio in packets of 10 ms. */
const BRINGERS = 384;
/** Timestamps that grew for so many units in a row are of a stream without B-frames. */
const STEADY_UNITS = 12;
/** More waiting units than this, or more of their bytes, and the oldest goes without waiting. */
const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** How many units a leg may have missed where its clock was set anew. */
const NEXT_UNITS = 3;

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

/** A unit with the leg that brought it, where in its history, and when. */
interface Arrival extends KeptUnit {
  readonly leg: LegTrack;
}

/** A unit that waits, because one before it seems to be missing and another leg may still bring it. */
interface Waiting extends Arrival, Departure {
  ticks: number;
  /** Whether one before it may be missing. */
  readonly mayMiss: boolean;
  /** Whether its leg brought and did not keep what comes before it. */
  readonly isAfterHole: boolean;
  /** Whether its leg's clock may have been set anew before it. */
  readonly isAfterJump: boolean;
  readonly sinceMs: number;
}

export class TrackMerger {
  readonly output: TrackOutput;
  readonly ties: TrackTies;
  readonly #options: TrackMergerOptions;
  /** What goes out next, in order. */
  readonly #waiting: Waiting[] = [];
  readonly #known: KnownUnits;
  /** Who brought what went out, by position; where that is of use: among the last. */
  readonly #bringers: (LegTrack | undefined)[] = [];
  #waitingBytes = 0;
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(options: TrackMergerOptions) {
    this.#options = options;
    this.output = new TrackOutput(options.clockRate, options.isVideo);
    this.#known = new KnownUnits(this.output, this.#waiting);
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

  /** Sends a unit where the caller says. `leg`: who brought it; undefined where that takes over. */
  sendAt({ unit, ticks, arrivedMs, isAfterLoss }: Departure, nowMs: number, leg?: LegTrack): void {
    this.#options.counters.sent += 1;
    this.#bringers[this.output.history.end % BRINGERS] = leg;
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
    const position = this.#find(arrival, ticks);
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
    const bringer = this.#bringerOf(position);
    if (bringer !== undefined) bringer.strangers = 0;
    this.#options.counters.copies += 1;
    return true;
  }

  /** The position of the unit; past the end of what went out are those that wait. */
  #find(arrival: Arrival, ticks: number): number | undefined {
    const { output } = this;
    const { unit, leg } = arrival;
    const { identity } = unit;
    const exact = this.#findWaiting(identity, ticks) ?? output.find(identity, ticks, leg.hint);
    if (exact !== undefined) return exact;
    return this.#findAfterJump(arrival, ticks);
  }

  #findWaiting(identity: number, ticks: number): number | undefined {
    for (let at = 0; at < this.#waiting.length; at += 1) {
      const other = this.#waiting[at];
      if (other?.unit.identity !== identity) continue;
      if (Math.abs(other.ticks - ticks) <= this.output.toleranceTicks) return this.output.history.end + at;
    }
    return undefined;
  }

  /**
   * The same where a clock was set anew, the leg's or that of those before, or where two servers squeezed what was past
   * each in its own way: it is one of the next after what the leg brought last.
   */
  #findAfterJump(arrival: Arrival, ticks: number): number | undefined {
    const { unit, leg } = arrival;
    const known = this.#known;
    // Behind what a leg did not keep it may stand anywhere.
    const last = leg.isAfterHole ? known.end : Math.min(known.end, leg.hint + NEXT_UNITS);
    for (let at = Math.max(leg.hint, known.start); at < last; at += 1) {
      if (known.identityAt(at) !== unit.identity) continue;
      const offTicks = Math.abs(known.ticksAt(at) - ticks);
      if (offTicks > this.output.clockRate) continue;
      const mayHaveJumped =
        leg.isAfterHole || this.#mayHaveJumped(arrival) || this.#jumpsAt(at) || this.#isSqueezed(at);
      const isSame = mayHaveJumped && (this.#comesNext(arrival, at) || this.#isUnique(arrival, at));
      if (!isSame && offTicks > this.output.intervalTicks / 2) continue;
      this.#takeLesserStep(at, ticks);
      return at;
    }
    return undefined;
  }

  /** Whether the clock may have been set anew before the unit that went out or waits at `position`. */
  #jumpsAt(position: number): boolean {
    const { history } = this.output;
    const waiting = this.#waiting[position - history.end];
    return waiting?.isAfterJump ?? !this.output.isUsualStep(history.stepTo(position));
  }

  /** Whether a unit and one like it are the same, since each comes right after what is known to be the same. */
  #comesNext({ unit, leg }: Arrival, at: number): boolean {
    return at === leg.hint && !unit.isAfterLoss && !leg.isAfterHole && !this.#known.isAfterLossAt(at);
  }

  /** Whether a unit and one like it are the same, since no others are like them. A still picture comes again and again. */
  #isUnique({ unit, leg, position }: Arrival, at: number): boolean {
    return !leg.history.has(unit.identity, position) && !this.#known.has(unit.identity, at);
  }

  /** Of two legs whose clocks differ from one unit on, the one with the lesser step is right. */
  #takeLesserStep(position: number, ticks: number): void {
    const waiting = this.#waiting[position - this.output.history.end];
    if (waiting?.leg.tie === undefined || waiting.ticks <= ticks || ticks <= this.output.maxTicks) return;
    // Not by the difference: others that wait behind it differ by the same, and would count it again.
    waiting.leg.tie.offset = ticks - waiting.unit.ticks;
    waiting.ticks = ticks;
  }

  /** Whether the leg's clock may have been set anew before the unit. */
  #mayHaveJumped({ unit, leg, position }: Arrival): boolean {
    return !unit.isAfterLoss && !this.output.isUsualStep(leg.history.stepTo(position));
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
      this.sendAt({ unit, ticks, arrivedMs, isAfterLoss }, nowMs, leg);
      return true;
    }
    if (at < this.#waiting.length) this.#noteMissed(leg, position, nowMs);
    for (const other of this.#options.carriers()) {
      if (other !== leg && other.hint > position) other.hint += 1;
    }
    const isAfterJump = this.#mayHaveJumped(arrival);
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
    this.sendAt(first, nowMs, first.leg);
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

  /** Whether a leg that took over brought the unit, so that its time tells little. */
  #isSqueezed(position: number): boolean {
    return position < this.output.history.end && this.#bringerOf(position) === undefined;
  }

  /** Undefined of what was sent when a leg took over. */
  #bringerOf(position: number): LegTrack | undefined {
    const waiting = this.#waiting[position - this.output.history.end];
    return waiting === undefined ? this.#bringers[position % BRINGERS] : waiting.leg;
  }
}

/** Where the unit stands on the output's clock. Slices of one picture, each marked as a picture, stay together. */
function findTicks({ unit, leg, position }: Arrival, tie: Tie): number {
  const before = leg.history.stepTo(position) === 0 ? leg.placedTicks : undefined;
  return before ?? unit.ticks + tie.offset;
}
