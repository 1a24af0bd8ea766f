/**
 * Sender reports (RFC 3550 section 6.4.1): which RTP timestamp of a track stands for which moment of the sender's clock.
 * Those of a stream's tracks together say how their clocks stand to one another.
 *
 *     |V=2|P| RC |PT=200 | length (16 bits) | SSRC | NTP seconds | NTP fraction | RTP timestamp | ...
 */
import { type RtpTimestamp, toTimestamp } from './sequence.ts';

export interface TrackClock {
  readonly timestamp: RtpTimestamp;
  /** Of any clock that all tracks of the sender share; a sender's own begins anew every 136 years (`msBetween`). */
  readonly atMs: number;
}

const SENDER_REPORT = 200;
const READ_BYTES = 20;
/** NTP seconds have 32 bits: era 0 ends in February 2036 (RFC 5905 section 6). */
const ERA_MS = 2 ** 32 * 1_000;
const MS_OF_FRACTION = 1_000 / 2 ** 32;

/** Of the first report of a compound packet, which is the sender's; undefined where it is another, or none. */
export function readSenderReport(bytes: Buffer, start: number, end: number): TrackClock | undefined {
  if (end - start < READ_BYTES || bytes.readUInt8(start) >> 6 !== 2) return undefined;
  if (bytes.readUInt8(start + 1) !== SENDER_REPORT) return undefined;
  const [seconds, fraction] = [bytes.readUInt32BE(start + 8), bytes.readUInt32BE(start + 12)];
  return {
    timestamp: toTimestamp(bytes.readUInt32BE(start + 16)),
    atMs: seconds * 1_000 + fraction * MS_OF_FRACTION,
  };
}

/** From one moment of a sender's clock to another by the shorter side, whatever era each is of. */
export function msBetween(fromMs: number, toMs: number): number {
  const ms = toMs - fromMs;
  return ms - Math.round(ms / ERA_MS) * ERA_MS;
}
