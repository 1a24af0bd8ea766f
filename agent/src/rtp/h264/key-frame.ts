/** H.264 over RTP (RFC 6184). */

const IDR_SLICE = 5;
const SPS = 7;
const STAP_A = 24;
const STAP_B = 25;
const FU_A = 28;
const FU_B = 29;

/**
 * Whether a decoder can begin with the payload between `start` and `end`: it brings an SPS, or the start of
 * an IDR picture where the parameter sets came in the SDP. Cameras put an SPS before intra pictures that are
 * no IDR too (open GOP, with a recovery point).
 */
export function startsH264KeyFrame(packet: Buffer, start: number, end: number): boolean {
  if (end <= start) return false;
  const type = packet.readUInt8(start) & 0x1f;
  if (type === FU_A || type === FU_B) {
    if (end - start < 2) return false;
    const fuHeader = packet.readUInt8(start + 1);
    return (fuHeader & 0x80) !== 0 && isStart(fuHeader & 0x1f);
  }
  if (type === STAP_A) return hasStart(packet, start + 1, end);
  // After a decoding order number of 16 bits.
  if (type === STAP_B) return hasStart(packet, start + 3, end);
  return isStart(type);
}

/** Units of an aggregation packet: a length of 16 bits before each. */
function hasStart(packet: Buffer, start: number, end: number): boolean {
  for (let at = start; at + 3 <= end; at += 2 + packet.readUInt16BE(at)) {
    if (packet.readUInt16BE(at) > 0 && isStart(packet.readUInt8(at + 2) & 0x1f)) return true;
  }
  return false;
}

function isStart(type: number): boolean {
  return type === SPS || type === IDR_SLICE;
}
