/**
 * H.265 over RTP (RFC 7798), without decoding order numbers in the payload (sprop-max-don-diff 0, which is
 * what every known camera and encoder sends).
 */

const IRAP = { first: 16, last: 23 };
const VPS = 32;
const SPS = 33;
const AGGREGATION = 48;
const FRAGMENTATION = 49;
const HEADER_BYTES = 2;

/** As for H.264: a VPS, an SPS or the start of an intra random access picture. */
export function startsH265KeyFrame(packet: Buffer, start: number, end: number): boolean {
  if (end - start < HEADER_BYTES) return false;
  const type = readType(packet, start);
  if (type === FRAGMENTATION) {
    if (end - start <= HEADER_BYTES) return false;
    const fuHeader = packet.readUInt8(start + HEADER_BYTES);
    return (fuHeader & 0x80) !== 0 && isStart(fuHeader & 0x3f);
  }
  if (type !== AGGREGATION) return isStart(type);
  for (let at = start + HEADER_BYTES; at + 3 <= end; at += 2 + packet.readUInt16BE(at)) {
    if (packet.readUInt16BE(at) > 0 && isStart(readType(packet, at + 2))) return true;
  }
  return false;
}

function readType(packet: Buffer, at: number): number {
  return (packet.readUInt8(at) >> 1) & 0x3f;
}

function isStart(type: number): boolean {
  return type === VPS || type === SPS || (type >= IRAP.first && type <= IRAP.last);
}
