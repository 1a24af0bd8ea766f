const LAST_VCL_TYPE = 5;
const LAST_PLAIN_TYPE = 23;
const STAP_A = 24;
const FU_A = 28;
/** first_mb_in_slice of 0, as an Exp-Golomb code (ITU-T H.264 section 7.3.3). */
const FIRST_MACROBLOCK = 0x80;

/** H.264 over RTP (RFC 6184): the first slice of a picture from its beginning, or what stands before slices. */
export function startsH264Picture(packet: Buffer, start: number, end: number): boolean {
  if (end - start < 2) return false;
  const type = packet.readUInt8(start) & 0x1f;
  if (type === FU_A) {
    const fuHeader = packet.readUInt8(start + 1);
    return (fuHeader & 0x80) !== 0 && isFirst(packet, fuHeader & 0x1f, start + 2, end);
  }
  // The first of an aggregation packet, after its own header and a length of 16 bits.
  const header = type === STAP_A ? start + 3 : start;
  if (header + 1 >= end || type > STAP_A) return false;
  return isFirst(packet, packet.readUInt8(header) & 0x1f, header + 1, end);
}

function isFirst(packet: Buffer, type: number, at: number, end: number): boolean {
  if (type === 0 || type > LAST_PLAIN_TYPE || at >= end) return false;
  return type > LAST_VCL_TYPE || (packet.readUInt8(at) & FIRST_MACROBLOCK) !== 0;
}
