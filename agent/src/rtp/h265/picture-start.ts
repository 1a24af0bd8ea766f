const LAST_VCL_TYPE = 31;
/** AUD, EOS, ..., suffix SEI: what follows slices of the picture before is no start. */
const SUFFIX_SEI = 40;
const AGGREGATION = 48;
const FRAGMENTATION = 49;
const HEADER_BYTES = 2;
/** first_slice_segment_in_pic_flag (ITU-T H.265 section 7.3.6.1). */
const FIRST_SLICE_SEGMENT = 0x80;

/** H.265 over RTP (RFC 7798, without DONL): the first slice segment of a picture from its beginning, or what stands before. */
export function startsH265Picture(packet: Buffer, start: number, end: number): boolean {
  if (end - start <= HEADER_BYTES) return false;
  const type = typeOf(packet, start);
  if (type === FRAGMENTATION) {
    const fuHeader = packet.readUInt8(start + HEADER_BYTES);
    return (fuHeader & 0x80) !== 0 && isFirst(packet, fuHeader & 0x3f, start + HEADER_BYTES + 1, end);
  }
  // The first of an aggregation packet, after its own header and a length of 16 bits.
  const header = type === AGGREGATION ? start + HEADER_BYTES + 2 : start;
  if (type > AGGREGATION || header + HEADER_BYTES >= end) return false;
  return isFirst(packet, typeOf(packet, header), header + HEADER_BYTES, end);
}

function isFirst(packet: Buffer, type: number, at: number, end: number): boolean {
  if (at >= end || type >= AGGREGATION || type === SUFFIX_SEI) return false;
  return type > LAST_VCL_TYPE || (packet.readUInt8(at) & FIRST_SLICE_SEGMENT) !== 0;
}

function typeOf(packet: Buffer, at: number): number {
  return (packet.readUInt8(at) >> 1) & 0x3f;
}
