import type { UnitHash } from '../unit-hash.ts';
import { findLeb128End, readLeb128 } from './leb128.ts';

const FRAME_HEADER = 3;
const TILE_GROUP = 4;
const FRAME = 6;
const REDUNDANT_FRAME_HEADER = 7;

/**
 * AV1 over RTP (see key-frame.ts for the aggregation header): the OBUs that carry a picture, by type and content.
 * Temporal delimiters, sequence headers, metadata and padding are left out; an OBU may go on in the next packet.
 */
export function hashAv1Payload(hash: UnitHash, packet: Buffer, start: number, end: number): void {
  if (end - start < 2) return;
  const aggregation = packet.readUInt8(start);
  const count = (aggregation >> 4) & 0x03;
  let goesOn = (aggregation & 0x80) !== 0;
  let at = start + 1;
  for (let index = 1; at < end; index += 1) {
    let length = end - at;
    if (count === 0 || index < count) {
      const lengthEnd = findLeb128End(packet, at, end);
      if (lengthEnd < 0) return;
      length = Math.min(readLeb128(packet, at, lengthEnd), end - lengthEnd);
      at = lengthEnd;
    }
    if (length > 0) hashElement(hash, packet, at, at + length, goesOn);
    goesOn = false;
    at += length;
  }
}

/** One OBU, or the part of it that this packet brings. */
function hashElement(hash: UnitHash, packet: Buffer, start: number, end: number, goesOn: boolean): void {
  if (goesOn) {
    if (!hash.isLeavingOut) hash.add(packet, start, end);
    return;
  }
  const header = packet.readUInt8(start);
  const type = (header >> 3) & 0x0f;
  hash.isLeavingOut = !isPicture(type);
  if (hash.isLeavingOut) return;
  let at = start + ((header & 0x04) !== 0 ? 2 : 1);
  // RTP leaves the size field out; who keeps it repeats what is known.
  if ((header & 0x02) !== 0) at = Math.max(at, findLeb128End(packet, at, end));
  if (at < end) hash.add(packet, at, end, type);
}

function isPicture(type: number): boolean {
  return type === FRAME_HEADER || type === TILE_GROUP || type === FRAME || type === REDUNDANT_FRAME_HEADER;
}
