/**
 * One coded picture (RFC 6184 access unit, RFC 7798, AV1 temporal unit) or one packet of audio, as RTP packets.
 * The packets are owned by the unit: they may be rewritten in place and kept.
 */
export interface AccessUnit {
  readonly packets: readonly Buffer[];
  /** Unwrapped RTP timestamp, in ticks of the track's clock. */
  readonly ticks: number;
  /** Hash of the coded picture or samples alone: equal for two copies however they were packed. */
  readonly identity: number;
  /** Whether a decoder may start here; always for audio. */
  readonly key: boolean;
  readonly bytes: number;
}
