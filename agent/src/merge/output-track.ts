/**
 * One track of the output and how the followed leg's timestamps lead to it.
 *
 *     leg's ticks --arrival line--> wall clock --tie--> our ticks
 *
 * While a leg flows the sum is fixed as an offset. When it ends, the tie is taken from that offset and where
 * the line lies then, so that the drift of the sender's clock makes no step when the next leg begins.
 */
import type { ArrivalLine } from '../rtp/arrival-line.ts';
import { findKeyFrameTest, type KeyFrameTest } from '../rtp/key-frame.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import type { RtpTimestamp, SequenceNumber } from '../rtp/sequence.ts';
import { TrackRewriter } from '../rtp/track-rewriter.ts';
import type { FollowedTrack } from './track-mapping.ts';

/** At random (RFC 3550 section 5.1). */
export interface TrackSeed {
  readonly ssrc: number;
  readonly sequence: SequenceNumber;
  readonly timestamp: RtpTimestamp;
}

export class OutputTrack {
  readonly isKeyFrame: KeyFrameTest;
  readonly #clockRate: number;
  readonly #seedTicks: number;
  readonly #rewriter: TrackRewriter;
  #tieMs = 0;
  /** From the followed leg's ticks to ours; undefined before its first packet went out. */
  #offsetTicks: number | undefined;
  /** The newest that went out. */
  #lastTicks = Number.NEGATIVE_INFINITY;

  constructor(track: FollowedTrack, seed: TrackSeed) {
    this.isKeyFrame = findKeyFrameTest(track.kind === 'video' ? track.codec : 'other');
    this.#clockRate = track.clockRate;
    this.#seedTicks = seed.timestamp;
    this.#rewriter = new TrackRewriter({
      payloadType: track.payloadType,
      ssrc: seed.ssrc,
      firstSequence: seed.sequence,
    });
  }

  /** What arrives at this time without delay has the seed's timestamp. */
  tieTo(nowMs: number): void {
    this.#tieMs = -nowMs;
  }

  /** Moves what comes after `untie`. */
  shift(byMs: number): void {
    this.#tieMs += byMs;
  }

  /** The leg that `line` is of sends no more, or not as before. */
  untie(line: ArrivalLine): void {
    if (this.#offsetTicks === undefined) return;
    const offsetMs = ((this.#offsetTicks - this.#seedTicks) / this.#clockRate) * 1000;
    this.#tieMs = offsetMs - line.delayMs;
    this.#offsetTicks = undefined;
  }

  /** Milliseconds from the newest packet that went out to the last one of an untied leg; negative: it is older. */
  measureStep(line: ArrivalLine): number {
    return ((line.ticks + this.#findOffset(line) - this.#lastTicks) / this.#clockRate) * 1000;
  }

  /**
   * Rewrites the leg's last packet in place. False where it is not to go out: the first of a leg, and no newer
   * than what the leg before has sent.
   */
  rewrite(packet: Buffer, header: RtpHeader, line: ArrivalLine): boolean {
    if (this.#offsetTicks === undefined) {
      if (this.measureStep(line) <= 0) return false;
      this.#offsetTicks = this.#findOffset(line);
      this.#rewriter.begin(header);
    }
    const ticks = line.ticks + this.#offsetTicks;
    if (ticks > this.#lastTicks) this.#lastTicks = ticks;
    this.#rewriter.rewrite(packet, header, ticks);
    return true;
  }

  #findOffset(line: ArrivalLine): number {
    return Math.round(((this.#tieMs + line.delayMs) * this.#clockRate) / 1000) + this.#seedTicks;
  }
}
