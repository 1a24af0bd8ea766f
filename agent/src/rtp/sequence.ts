/**
 * All wrap-around arithmetic of RTP (RFC 3550): 16-bit sequence numbers, 32-bit timestamps. The types are
 * branded, so that they cannot be added or compared as plain numbers by mistake.
 */
declare const unit: unique symbol;

/** 0 to 65,535. */
export type SequenceNumber = number & { readonly [unit]: 'sequence' };

/** 0 to 4,294,967,295, in ticks of the track's clock rate. */
export type RtpTimestamp = number & { readonly [unit]: 'timestamp' };

/** The low 16 bits. */
export function toSequence(count: number): SequenceNumber {
  return (count & 0xffff) as SequenceNumber;
}

/** The low 32 bits of an integer below 2^53. */
export function toTimestamp(ticks: number): RtpTimestamp {
  return (ticks >>> 0) as RtpTimestamp;
}

/** `steps` may be negative. */
export function addSteps(sequence: SequenceNumber, steps: number): SequenceNumber {
  return ((sequence + steps) & 0xffff) as SequenceNumber;
}

/** The way from one to the other by the shorter side: -32,768 to 32,767, positive where `to` is newer. */
export function stepsBetween(from: SequenceNumber, to: SequenceNumber): number {
  return ((to - from) << 16) >> 16;
}

/** As `stepsBetween`: -2^31 to 2^31 - 1. */
export function ticksBetween(from: RtpTimestamp, to: RtpTimestamp): number {
  return (to - from) | 0;
}

/** Turns timestamps into a count that does not wrap; steps back stay steps back. */
export class TimestampUnwrapper {
  #last: RtpTimestamp | undefined;
  #ticks = 0;

  /** The first timestamp is returned as it is. */
  unwrap(timestamp: RtpTimestamp): number {
    this.#ticks = this.#last === undefined ? timestamp : this.#ticks + ticksBetween(this.#last, timestamp);
    this.#last = timestamp;
    return this.#ticks;
  }
}
