/**
 * One coded picture (RFC 6184 access unit, RFC 7798, AV1 temporal unit) or one packet of audio, as RTP packets.
 * Its packets may be rewritten in place; who keeps the unit past the call in which it came holds them (PacketRun).
 */
import type { PacketRun } from './packet-run.ts';

export interface AccessUnit {
  readonly packets: PacketRun;
  /** Unwrapped RTP timestamp, in ticks of the track's clock. */
  readonly ticks: number;
  /** Hash of the coded picture or samples alone: equal for two copies however they were packed. */
  readonly identity: number;
  /** Whether a decoder may start here; always for audio. */
  readonly key: boolean;
  readonly bytes: number;
  /** Whether packets of its leg before it were lost. */
  readonly isAfterLoss: boolean;
  /** Whether the pictures of another encoder begin with it (rtp/switch-mark.ts). */
  readonly isAfterSwitch: boolean;
}
