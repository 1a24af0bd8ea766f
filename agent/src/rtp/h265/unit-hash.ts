import type { UnitHash } from '../unit-hash.ts';

const LAST_VCL_TYPE = 31;
const AGGREGATION = 48;
const FRAGMENTATION = 49;
const HEADER_BYTES = 2;

/** H.265 over RTP (RFC 7798, without DONL): the slice segments (NAL unit types 0 to 31) by type and what follows the header. */
export function hashH265Payload(hash: UnitHash, packet: Buffer, start: number, end: number): void {
  if (end - start <= HEADER_BYTES) return;
  const type = typeOf(packet, start);
  if (type === FRAGMENTATION) {
    const fuHeader = packet.readUInt8(start + HEADER_BYTES);
    const inner = fuHeader & 0x3f;
    const isStart = (fuHeader & 0x80) !== 0;
    if (inner <= LAST_VCL_TYPE) hash.add(packet, start + HEADER_BYTES + 1, end, isStart ? inner + 1 : 0);
  } else if (type === AGGREGATION) {
    for (let at = start + HEADER_BYTES; at + 2 + HEADER_BYTES <= end; ) {
      const next = Math.min(end, at + 2 + packet.readUInt16BE(at));
      const inner = typeOf(packet, at + 2);
      if (inner <= LAST_VCL_TYPE && next > at + 4) hash.add(packet, at + 4, next, inner + 1);
      at = Math.max(next, at + 4);
    }
  } else if (type <= LAST_VCL_TYPE) hash.add(packet, start + HEADER_BYTES, end, type + 1);
}

function typeOf(packet: Buffer, at: number): number {
  return (packet.readUInt8(at) >> 1) & 0x3f;
}
