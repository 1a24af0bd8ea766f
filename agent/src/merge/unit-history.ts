/** How many units a history holds: 3 s of the finest audio (10 ms) and of video at 120 frames a second. */
const CAPACITY = 384;

/**
 * The last units of one track, as a leg carried them or as they went out: what each was (identity), where it stood on
 * the track's clock, when it came. The oldest makes room. Positions count up and are never reused.
 */
export class UnitHistory {
  readonly #identities = new Float64Array(CAPACITY);
  readonly #ticks = new Float64Array(CAPACITY);
  readonly #atMs = new Float64Array(CAPACITY);
  #end = 0;

  /** The position that the next unit will get. */
  get end(): number {
    return this.#end;
  }

  /** The position of the oldest unit still held. */
  get start(): number {
    return Math.max(0, this.#end - CAPACITY);
  }

  add(identity: number, ticks: number, atMs: number): void {
    const slot = this.#end % CAPACITY;
    this.#identities[slot] = identity;
    this.#ticks[slot] = ticks;
    this.#atMs[slot] = atMs;
    this.#end += 1;
  }

  identityAt(position: number): number {
    return this.#identities[position % CAPACITY] ?? Number.NaN;
  }

  /** Unwrapped RTP ticks. */
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
}
