/**
 * How a track's timestamps relate to when its packets arrive: the least delay seen lately. Jitter only adds to
 * a delay, so the least one follows the sender's clock, drift included.
 */
import { type RtpTimestamp, TimestampUnwrapper } from './sequence.ts';

/** The least delay is that of the current and the last window. */
const WINDOW_MS = 2_000;

/** A delay that changes by more than this is no jitter: the sender set its clock anew. */
const DISCONTINUITY_MS = 10_000;

export class ArrivalLine {
  readonly #clockRate: number;
  readonly #unwrapper = new TimestampUnwrapper();
  #ticks = 0;
  #windowEndsMs = Number.NEGATIVE_INFINITY;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;

  /** In ticks a second. */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** The last timestamp, unwrapped. */
  get ticks(): number {
    return this.#ticks;
  }

  /** Milliseconds from a packet's timestamp to its arrival, on no particular scale; of use between tracks. */
  get delayMs(): number {
    return Math.min(this.#least, this.#leastBefore);
  }

  /** False where the sender's clock jumped: this line is then of no more use. */
  add(timestamp: RtpTimestamp, nowMs: number): boolean {
    this.#ticks = this.#unwrapper.unwrap(timestamp);
    const delayMs = nowMs - (this.#ticks / this.#clockRate) * 1000;
    const knownMs = this.delayMs;
    if (Number.isFinite(knownMs) && Math.abs(delayMs - knownMs) > DISCONTINUITY_MS) return false;
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + WINDOW_MS;
      this.#leastBefore = this.#least;
      this.#least = delayMs;
    } else if (delayMs < this.#least) {
      this.#least = delayMs;
    }
    return true;
  }
}
