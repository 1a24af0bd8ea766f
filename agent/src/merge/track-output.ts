import { UnitHistory } from './unit-history.ts';

/** Steps between units that the usual interval is read from. */
const STEPS = 8;
/** How many units a leg may have missed where its clock was set anew. */
const NEXT_UNITS = 3;

/** What has gone out of one track. Ticks here are the output's own, from 0 at its first key frame. */
export class TrackOutput {
  /** Since the last change to another encoding. */
  history = new UnitHistory();
  readonly clockRate: number;
  readonly isVideo: boolean;
  /** The latest timestamp sent, in ticks; pictures may leave out of this order (B-frames). */
  maxTicks = Number.NEGATIVE_INFINITY;
  lastAtMs = Number.NEGATIVE_INFINITY;
  readonly #steps: number[] = [];

  constructor(clockRate: number, isVideo: boolean) {
    this.clockRate = clockRate;
    this.isVideo = isVideo;
  }

  get started(): boolean {
    return Number.isFinite(this.maxTicks);
  }

  /**
   * The usual step between two units in ticks: the second least of the last, since units
   * that were lost make steps longer, never shorter; 0 before there are any.
   */
  intervalTicks = 0;

  /** What follows is of another encoding: what went out before tells nothing of it. */
  beginAnew(): void {
    this.history = new UnitHistory();
  }

  /** Notes that a unit went out at `ticks`. */
  add(identity: number, ticks: number, arrivedMs: number, nowMs: number): void {
    this.history.add(identity, ticks, arrivedMs);
    this.lastAtMs = nowMs;
    if (ticks <= this.maxTicks) return;
    if (Number.isFinite(this.maxTicks)) this.#learnStep(ticks - this.maxTicks);
    this.maxTicks = ticks;
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
    const from = Math.max(hint, this.history.start);
    for (let at = from; at < this.history.end; at += 1)
      if (this.#isAt(at, identity, ticks, tolerance)) return at;
    for (let at = from - 1; at >= this.history.start; at -= 1)
      if (this.#isAt(at, identity, ticks, tolerance)) return at;
    return undefined;
  }

  /**
   * The position of the copy of a unit whose leg set its clock anew by a little: what went out next after what the leg
   * brought last (`hint`), or soon after that, is the same.
   */
  findNext(identity: number, ticks: number, hint: number): number | undefined {
    const last = Math.min(this.history.end, hint + NEXT_UNITS);
    for (let at = Math.max(hint, this.history.start); at < last; at += 1) {
      if (this.#isAt(at, identity, ticks, this.clockRate)) return at;
    }
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

  #learnStep(step: number): void {
    this.#steps.push(step);
    if (this.#steps.length > STEPS) this.#steps.shift();
    const sorted = this.#steps.toSorted((a, b) => a - b);
    this.intervalTicks = sorted[Math.min(1, sorted.length - 1)] ?? step;
  }
}
