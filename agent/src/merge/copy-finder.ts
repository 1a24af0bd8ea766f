/** Tells which unit, of those that went out and those that wait, another leg's is a copy of. */
import type { Arrival, Waiting } from './arrival.ts';
import type { KnownUnits } from './known-units.ts';
import type { TrackOutput } from './track-output.ts';

/** How many units a leg may have missed where its clock was set anew. */
const NEXT_UNITS = 3;

export class CopyFinder {
  readonly #output: TrackOutput;
  readonly #known: KnownUnits;
  readonly #waiting: readonly Waiting[];

  constructor(output: TrackOutput, known: KnownUnits, waiting: readonly Waiting[]) {
    this.#output = output;
    this.#known = known;
    this.#waiting = waiting;
  }

  /** The position of the unit that the arrival is a copy of; past the end of what went out are those that wait. */
  find(arrival: Arrival, ticks: number): number | undefined {
    const output = this.#output;
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
      if (Math.abs(other.ticks - ticks) <= this.#output.toleranceTicks) return this.#output.history.end + at;
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
    const last = Math.min(known.end, leg.hint + NEXT_UNITS);
    for (let at = Math.max(leg.hint, known.start); at < last; at += 1) {
      if (known.identityAt(at) !== unit.identity) continue;
      const offTicks = Math.abs(known.ticksAt(at) - ticks);
      if (offTicks > this.#output.clockRate) continue;
      if (offTicks > this.#output.intervalTicks / 2 && !this.#isSame(arrival, at)) continue;
      this.#takeLesserStep(at, ticks);
      return at;
    }
    return undefined;
  }

  /** Whether a unit and one like it, at another time than expected, are the same: two signs of three must tell. */
  #isSame(arrival: Arrival, at: number): boolean {
    const mayTimeMislead = mayHaveJumped(arrival, this.#output) || this.#jumpsAt(at) || this.#isSqueezed(at);
    const signs = [mayTimeMislead, this.#comesNext(arrival, at), this.#isUnique(arrival, at)];
    return signs.filter(Boolean).length >= 2;
  }

  /** Whether the clock may have been set anew before the unit that went out or waits at `position`. */
  #jumpsAt(position: number): boolean {
    const { history } = this.#output;
    const waiting = this.#waiting[position - history.end];
    return waiting?.isAfterJump ?? !this.#output.isUsualStep(history.stepTo(position));
  }

  /** Whether each comes right after what is known to be the same. */
  #comesNext({ unit, leg }: Arrival, at: number): boolean {
    return at === leg.hint && !unit.isAfterLoss && !leg.isAfterHole && !this.#known.isAfterLossAt(at);
  }

  /** Whether no others are like them. A still picture comes again and again. */
  #isUnique({ unit, leg, position }: Arrival, at: number): boolean {
    return !leg.history.has(unit.identity, position) && !this.#known.has(unit.identity, at);
  }

  /** Of two legs whose clocks differ from one unit on, the one with the lesser step is right. */
  #takeLesserStep(position: number, ticks: number): void {
    const waiting = this.#waiting[position - this.#output.history.end];
    if (waiting?.leg.tie === undefined || waiting.ticks <= ticks || ticks <= this.#output.maxTicks) return;
    // Not by the difference: others that wait behind it differ by the same, and would count it again.
    waiting.leg.tie.offset = ticks - waiting.unit.ticks;
    waiting.ticks = ticks;
  }

  /** Whether a leg that took over brought the unit, so that its time tells little. */
  #isSqueezed(position: number): boolean {
    return position < this.#output.history.end && this.#known.bringerAt(position) === undefined;
  }
}

/** Whether the leg's clock may have been set anew before the unit. */
export function mayHaveJumped({ unit, leg, position }: Arrival, output: TrackOutput): boolean {
  return !unit.isAfterLoss && !output.isUsualStep(leg.history.stepTo(position));
}
