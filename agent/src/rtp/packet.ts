/**
 * RTP packets (RFC 3550 section 5.1), read and rewritten in place.
 *
 *      0                   1                   2                   3
 *     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *     |                           timestamp                           |
 *     |                             SSRC                              |
 *     | CSRC, 4 bytes each: CC of them |
 *     | X: profile, length (16 bits each) | extension, 4 bytes times length |
 *     | payload | P: padding, its length in the last byte |
 */
import { type RtpTimestamp, type SequenceNumber, toSequence, toTimestamp } from './sequence.ts';

export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  sequence: SequenceNumber;
  timestamp: RtpTimestamp;
  ssrc: number;
  /** Where the payload lies in the bytes that were read, padding left out; equal where there is none. */
  payloadStart: number;
  payloadEnd: number;
}

export type RtpFault = 'too-short' | 'version' | 'csrc' | 'extension' | 'padding';

const FIXED_BYTES = 12;

/** To be filled by `readRtpHeader` again and again: nothing is allocated a packet. */
export function createRtpHeader(): RtpHeader {
  return {
    marker: false,
    payloadType: 0,
    sequence: toSequence(0),
    timestamp: toTimestamp(0),
    ssrc: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };
}

/**
 * Why what lies between `start` and `end` is no packet; undefined where it is one, and `header` is then filled. Nothing
 * outside is read.
 */
export function readRtpHeader(
  bytes: Buffer,
  start: number,
  end: number,
  header: RtpHeader,
): RtpFault | undefined {
  if (end - start < FIXED_BYTES) return 'too-short';
  const first = bytes.readUInt8(start);
  if (first >> 6 !== 2) return 'version';
  let payloadStart = start + FIXED_BYTES + (first & 0x0f) * 4;
  if (payloadStart > end) return 'csrc';
  if ((first & 0x10) !== 0) {
    if (payloadStart + 4 > end) return 'extension';
    payloadStart += 4 + bytes.readUInt16BE(payloadStart + 2) * 4;
    if (payloadStart > end) return 'extension';
  }
  let payloadEnd = end;
  if ((first & 0x20) !== 0) {
    const padding = bytes.readUInt8(end - 1);
    if (padding === 0 || padding > end - payloadStart) return 'padding';
    payloadEnd -= padding;
  }
  const second = bytes.readUInt8(start + 1);
  header.marker = (second & 0x80) !== 0;
  header.payloadType = second & 0x7f;
  header.sequence = toSequence(bytes.readUInt16BE(start + 2));
  header.timestamp = toTimestamp(bytes.readUInt32BE(start + 4));
  header.ssrc = bytes.readUInt32BE(start + 8);
  header.payloadStart = payloadStart;
  header.payloadEnd = payloadEnd;
  return undefined;
}

/** What a packet is given anew; marker, extension and payload stay. */
export interface RtpIdentity {
  readonly payloadType: number;
  readonly sequence: SequenceNumber;
  readonly timestamp: RtpTimestamp;
  readonly ssrc: number;
}

/** Of a packet that `readRtpHeader` found whole, and that starts at `at`. */
export function rewriteRtpPacket(memory: Buffer, at: number, identity: RtpIdentity): void {
  memory.writeUInt8((memory.readUInt8(at + 1) & 0x80) | identity.payloadType, at + 1);
  memory.writeUInt16BE(identity.sequence, at + 2);
  memory.writeUInt32BE(identity.timestamp, at + 4);
  memory.writeUInt32BE(identity.ssrc, at + 8);
}
