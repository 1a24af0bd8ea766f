/** How many units a history holds: 3 s of the finest audio (10 ms) and of video at 120 frames a second. */
const CAPACITY = 384;

/** Units of one track in a row, by positions from `start` to before `end`. */
export interface UnitList {
  readonly start: number;
  readonly end: number;
  identityAt(position: number): number;
  /** Unwrapped RTP ticks. */
  ticksAt(position: number): number;
  /** When it came, ms. */
  atMsAt(position: number): number;
}

/**
 * The last units of one track, as a leg carried them or as they went out: what each was (identity), where it stood on
 * the track's clock, when it came. The oldest makes room. Positions count up and are never reused.
 */
export class UnitHistory implements UnitList {
  readonly #identities = new Float64Array(CAPACITY);
  readonly #ticks = new Float64Array(CAPACITY);
  readonly #atMs = new Float64Array(CAPACITY);
  readonly #isAfterLoss = new Uint8Array(CAPACITY);
  #end = 0;

  /** The position that the next unit will get. */
  get end(): number {
    return this.#end;
  }

  /** The position of the oldest unit still held. */
  get start(): number {
    return Math.max(0, this.#end - CAPACITY);
  }

  /** `isAfterLoss`: units between it and the one before may be missing. */
  add(identity: number, ticks: number, atMs: number, isAfterLoss: boolean): void {
    const slot = this.#end % CAPACITY;
    this.#identities[slot] = identity;
    this.#ticks[slot] = ticks;
    this.#atMs[slot] = atMs;
    this.#isAfterLoss[slot] = isAfterLoss ? 1 : 0;
    this.#end += 1;
  }

  identityAt(position: number): number {
    return this.#identities[position % CAPACITY] ?? Number.NaN;
  }

  ticksAt(position: number): number {
    return this.#ticks[position % CAPACITY] ?? Number.NaN;
  }

  /** From the unit before the one at `position` to it; NaN where that is not held. */
  stepTo(position: number): number {
    return position > this.start ? this.ticksAt(position) - this.ticksAt(position - 1) : Number.NaN;
  }

  atMsAt(position: number): number {
    return this.#atMs[position % CAPACITY] ?? Number.NaN;
  }

  isAfterLossAt(position: number): boolean {
    return this.#isAfterLoss[position % CAPACITY] === 1;
  }

  /** Whether a unit of this identity is held; `except`: at another position than this. */
  has(identity: number, except?: number): boolean {
    for (let at = this.start; at < this.#end; at += 1) {
      if (this.identityAt(at) === identity && at !== except) return true;
    }
    return false;
  }
}
