import { UnitHistory } from './unit-history.ts';

/** Steps between units that the usual interval is read from. */
const STEPS = 8;
/** A picture leaves before or after so many others at most that are shown on its other side (hierarchical B-frames). */
const MAX_LEAP_UNITS = 8;
/** A step of more than so many intervals looks like a missing unit. */
const GAP_INTERVALS = 1.5;
/** A unit that came as soon as the soonest of so many was held up by nothing. */
const PUNCTUAL_UNITS = 64;
/** After so many units in the order of their timestamps the stream has no B-frames any more. */
const ORDERED_UNITS = 100;

/** What has gone out of one track. Ticks here are the output's own, from 0 at its first key frame. */
export class TrackOutput {
  /** Since the last change to another encoding. */
  history = new UnitHistory();
  readonly clockRate: number;
  readonly isVideo: boolean;
  /** The latest timestamp sent, in ticks; pictures may leave out of this order (B-frames). */
  maxTicks = Number.NEGATIVE_INFINITY;
  /** When the last unit went out. */
  lastAtMs = Number.NEGATIVE_INFINITY;
  /** Whether units came with the same timestamp: each slice of a picture marked as a picture. */
  hasEqualTicks = false;
  readonly #steps = new Float64Array(STEPS).fill(Number.POSITIVE_INFINITY);
  #stepCount = 0;
  /** Units since the last that left before one that is shown earlier. */
  #orderedUnits = ORDERED_UNITS;
  /** Units shown before the latest that were still to come when it went out, and those that came since. */
  #leaptTicks = Number.NEGATIVE_INFINITY;
  #owed = 0;
  #paid = 0;

  constructor(clockRate: number, isVideo: boolean) {
    this.clockRate = clockRate;
    this.isVideo = isVideo;
  }

  get started(): boolean {
    return Number.isFinite(this.maxTicks);
  }

  /**
   * The usual step between two units in ticks: the second least of the last from the latest timestamp, since units
   * that were lost or leave out of order make steps longer, never shorter; 0 before there are any.
   */
  intervalTicks = 0;

  /** What follows is of another encoding: what went out before tells nothing of it. */
  beginAnew(): void {
    this.history = new UnitHistory();
  }

  /** Notes that a unit went out at `ticks`. */
  add(identity: number, ticks: number, arrivedMs: number, isAfterLoss: boolean): void {
    this.history.add(identity, ticks, arrivedMs, isAfterLoss);
    this.#orderedUnits += 1;
    const step = ticks - this.maxTicks;
    if (step === 0) this.hasEqualTicks = true;
    else if (Number.isFinite(step)) this.#learnStep(Math.abs(step));
    if (step > 0) {
      this.#owed = Number.isFinite(step) ? Math.round(step / this.intervalTicks) - 1 : 0;
      this.#paid = 0;
      this.#leaptTicks = this.maxTicks;
      this.maxTicks = ticks;
    } else if (step < 0) {
      this.#paid += 1;
      this.#orderedUnits = 0;
    }
  }

  /** When the latest of what went out would have come, had nothing held it up: a leg that stalls may die of it. */
  get reachedMs(): number {
    const { start, end } = this.history;
    let delayMs = Number.POSITIVE_INFINITY;
    for (let at = Math.max(start, end - PUNCTUAL_UNITS); at < end; at += 1) {
      delayMs = Math.min(delayMs, this.history.atMsAt(at) - this.#toMs(this.history.ticksAt(at)));
    }
    return this.#toMs(this.maxTicks) + delayMs;
  }

  /** Whether units leave in another order than that of their timestamps (B-frames). */
  get isReordered(): boolean {
    return this.#orderedUnits < ORDERED_UNITS;
  }

  /**
   * Whether a step between two units needs no clock set anew: the usual one, or several of it where units of audio are
   * missing, which may all be alike, or of pictures that leap over others.
   */
  isUsualStep(ticks: number): boolean {
    if (this.intervalTicks === 0) return true;
    const intervals = Math.round(ticks / this.intervalTicks);
    const isUsual = this.isVideo
      ? intervals === 1 || (this.isReordered && Math.abs(intervals) <= MAX_LEAP_UNITS)
      : intervals >= 1;
    return isUsual && Math.abs(ticks - intervals * this.intervalTicks) <= this.toleranceTicks;
  }

  /** Whether a unit at `ticks` can come next: later than all, or one of those that the latest leaped over. */
  mayComeNext(ticks: number): boolean {
    return ticks > (this.isReordered ? this.#leaptTicks : this.maxTicks);
  }

  isLongStep(ticks: number): boolean {
    return this.intervalTicks > 0 && ticks > GAP_INTERVALS * this.intervalTicks;
  }

  /**
   * Whether a unit seems to be missing before one at `ticks`. Pictures that are referred to leap ahead of those shown
   * before them: what they leaped over must have come when the next leaps.
   */
  leavesGap(ticks: number): boolean {
    return this.isLongStep(ticks - this.maxTicks) && (!this.isReordered || this.#paid < this.#owed);
  }

  /** How far apart two copies of one unit may stand, in ticks: a quarter of the interval, at most 10 ms. */
  get toleranceTicks(): number {
    const most = this.clockRate / 100;
    return this.intervalTicks === 0 ? most : Math.min(most, this.intervalTicks / 4);
  }

  /** The ticks of the unit that went out last. */
  get newestTicks(): number {
    return this.history.ticksAt(this.history.end - 1);
  }

  /** The position of the copy of a unit that went out, looked for from `hint` on first; undefined where there is none. */
  find(identity: number, ticks: number, hint: number): number | undefined {
    const tolerance = this.toleranceTicks;
    if (ticks > this.maxTicks + tolerance) return undefined;
    const from = Math.min(this.history.end, Math.max(hint, this.history.start));
    for (let at = from; at < this.history.end; at += 1)
      if (this.#isAt(at, identity, ticks, tolerance)) return at;
    for (let at = from - 1; at >= this.history.start; at -= 1)
      if (this.#isAt(at, identity, ticks, tolerance)) return at;
    return undefined;
  }

  /** Whether a unit went out within `reach` ticks of `ticks`. */
  hasWithin(ticks: number, reach: number): boolean {
    if (ticks - reach > this.maxTicks) return false;
    for (let at = this.history.end - 1; at >= this.history.start; at -= 1) {
      if (Math.abs(this.history.ticksAt(at) - ticks) <= reach) return true;
    }
    return false;
  }

  #isAt(position: number, identity: number, ticks: number, tolerance: number): boolean {
    return (
      this.history.identityAt(position) === identity &&
      Math.abs(this.history.ticksAt(position) - ticks) <= tolerance
    );
  }

  #toMs(ticks: number): number {
    return (ticks * 1_000) / this.clockRate;
  }

  #learnStep(step: number): void {
    this.#steps[this.#stepCount % STEPS] = step;
    this.#stepCount += 1;
    let least = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (const each of this.#steps) {
      if (each < least) {
        second = least;
        least = each;
      } else if (each < second) second = each;
    }
    this.intervalTicks = this.#stepCount === 1 ? step : second;
  }
}
