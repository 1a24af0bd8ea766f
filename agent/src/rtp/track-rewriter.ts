/**
 * One outgoing track: packets of one source after another under one SSRC, sequence numbers without a gap where
 * the source changes (a source's own gaps stay to be seen), timestamps as the caller ties them.
 */
import { type RtpHeader, rewriteRtpPacket } from './packet.ts';
import { addSteps, type SequenceNumber, stepsBetween, toTimestamp } from './sequence.ts';

export interface OutgoingTrack {
  readonly payloadType: number;
  readonly ssrc: number;
  readonly firstSequence: SequenceNumber;
}

export class TrackRewriter {
  readonly #track: OutgoingTrack;
  /** From the source's sequence numbers to ours. */
  #steps = 0;
  #newest: SequenceNumber;

  constructor(track: OutgoingTrack) {
    this.#track = track;
    this.#newest = addSteps(track.firstSequence, -1);
  }

  /** The packet with this header is the first of a source; it goes out behind the newest so far. */
  begin(header: RtpHeader): void {
    this.#steps = stepsBetween(header.sequence, addSteps(this.#newest, 1));
  }

  /** In place. `ticks`: the outgoing timestamp, unwrapped. */
  rewrite(packet: Buffer, header: RtpHeader, ticks: number): void {
    const sequence = addSteps(header.sequence, this.#steps);
    if (stepsBetween(this.#newest, sequence) > 0) this.#newest = sequence;
    const { payloadType, ssrc } = this.#track;
    rewriteRtpPacket(packet, { payloadType, ssrc, sequence, timestamp: toTimestamp(ticks) });
  }
}
