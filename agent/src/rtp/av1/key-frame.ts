/**
 * AV1 over RTP (Alliance for Open Media, RTP Payload Format For AV1, section 4.4). Aggregation header:
 *
 *     |Z|Y| W |N|-|-|-|   Z: begins with the rest of an OBU; W: how many OBUs, 0 for a length before each;
 *                         N: first packet of a coded video sequence
 */
import { findLeb128End, readLeb128 } from './leb128.ts';

const CONTINUES = 0x80;
const NEW_SEQUENCE = 0x08;
const OBU_SEQUENCE_HEADER = 1;

/** Whether a decoder can begin with the payload: N is set, or it brings a sequence header. */
export function startsAv1KeyFrame(packet: Buffer, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const aggregation = packet.readUInt8(start);
  if ((aggregation & CONTINUES) !== 0) return false;
  if ((aggregation & NEW_SEQUENCE) !== 0) return true;
  const count = (aggregation >> 4) & 0x03;
  let at = start + 1;
  for (let index = 1; at < end; index++) {
    // The last of a stated number has no length.
    let length = end - at;
    if (count === 0 || index < count) {
      const lengthEnd = findLeb128End(packet, at, end);
      if (lengthEnd < 0) return false;
      length = readLeb128(packet, at, lengthEnd);
      at = lengthEnd;
    }
    if (length === 0 || at >= end) return false;
    if (((packet.readUInt8(at) >> 3) & 0x0f) === OBU_SEQUENCE_HEADER) return true;
    at += length;
  }
  return false;
}
