/**
 * Interleaved frames (RFC 2326 section 10.12) as they come from a connection and go to one: each packet stays with the
 * header of its frame, so that many are taken, copied and sent in one go.
 *
 *     '$' | channel | length (16 bits) | packet | '$' | ...
 */

/** Whole frames of one channel, one after the other. */
export interface FrameRow {
  readonly bytes: Buffer;
  /** The frames lie between, `end` excluded. */
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

export const FRAME_HEADER_BYTES = 4;
export const MAX_PACKET_BYTES = 0xffff;
const DOLLAR = 0x24;

/** Where the frame ends that begins at `at`. */
export function endOfFrame(bytes: Buffer, at: number): number {
  return at + FRAME_HEADER_BYTES + bytes.readUInt16BE(at + 2);
}

/** Bytes of the packets alone. */
export function packetBytesOf({ start, end, count }: FrameRow): number {
  return end - start - count * FRAME_HEADER_BYTES;
}

/** A frame, on channel 0, of a packet of at most `MAX_PACKET_BYTES`. */
export function frameOf(packet: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + packet.length);
  frame.writeUInt16BE(DOLLAR << 8, 0);
  frame.writeUInt16BE(packet.length, 2);
  packet.copy(frame, FRAME_HEADER_BYTES);
  return frame;
}
