import type { UnitHash } from '../unit-hash.ts';

const LAST_VCL_TYPE = 5;
const STAP_A = 24;
const FU_A = 28;

/**
 * H.264 over RTP (RFC 6184, packetization modes 0 and 1): the slices (NAL unit types 1 to 5), each by its type and
 * what follows its header; nal_ref_idc may be written anew on the way.
 */
export function hashH264Payload(hash: UnitHash, packet: Buffer, start: number, end: number): void {
  if (end <= start) return;
  const type = packet.readUInt8(start) & 0x1f;
  if (type === FU_A) {
    if (end - start < 2) return;
    const fuHeader = packet.readUInt8(start + 1);
    const isStart = (fuHeader & 0x80) !== 0;
    if (isSlice(fuHeader & 0x1f)) hash.add(packet, start + 2, end, isStart ? fuHeader & 0x1f : 0);
  } else if (type === STAP_A) {
    for (let at = start + 1; at + 3 <= end; ) {
      const next = Math.min(end, at + 2 + packet.readUInt16BE(at));
      const inner = packet.readUInt8(at + 2) & 0x1f;
      if (isSlice(inner) && next > at + 3) hash.add(packet, at + 3, next, inner);
      at = Math.max(next, at + 3);
    }
  } else if (isSlice(type)) hash.add(packet, start + 1, end, type);
}

function isSlice(type: number): boolean {
  return type >= 1 && type <= LAST_VCL_TYPE;
}
