/**
 * AAC over RTP, mode AAC-hbr (RFC 3640 section 3.3.6): a packet may carry several access units, and how many is each
 * server's own choice. Split to one a packet, two servers' copies are alike.
 *
 *     | AU-headers-length, in bits (16) | AU-header: size (13), index (3) | ... | access unit | ...
 */

/** Samples of one access unit at the track's clock rate. */
export const AAC_UNIT_TICKS = 1_024;

const LENGTH_BYTES = 2;
const HEADER_BYTES = 2;
const HEADER_BITS = 16;
/** Of the RTP header's first byte. */
const PADDING = 0x20;

/** Whether a track's fmtp says that its packets are of this form. */
export function isHighBitRate(fmtp: string | undefined): boolean {
  const text = (fmtp ?? '').toLowerCase().replaceAll(' ', '');
  return ['sizelength=13', 'indexlength=3', 'indexdeltalength=3'].every((part) => text.includes(part));
}

/** How many access units the payload carries; 0 for what is not of this form, or a fragment of one. */
export function countUnits(packet: Buffer, start: number, end: number): number {
  if (end - start < LENGTH_BYTES) return 0;
  const bits = packet.readUInt16BE(start);
  const count = bits / HEADER_BITS;
  if (count === 0 || !Number.isInteger(count)) return 0;
  let bytes = LENGTH_BYTES + count * HEADER_BYTES;
  if (start + bytes > end) return 0;
  for (let index = 0; index < count; index += 1) bytes += sizeOf(packet, start, index);
  return start + bytes === end ? count : 0;
}

/**
 * The unit `index` of a payload in which `countUnits` found several, as a packet of its own behind a copy of the RTP
 * header, which ends at `start`, without padding.
 */
export function takeUnit(packet: Buffer, start: number, index: number): Buffer {
  let offset = start + LENGTH_BYTES + (packet.readUInt16BE(start) / HEADER_BITS) * HEADER_BYTES;
  for (let before = 0; before < index; before += 1) offset += sizeOf(packet, start, before);
  const size = sizeOf(packet, start, index);
  const taken = Buffer.allocUnsafe(start + LENGTH_BYTES + HEADER_BYTES + size);
  packet.copy(taken, 0, 0, start);
  taken.writeUInt8(taken.readUInt8(0) & ~PADDING, 0);
  taken.writeUInt16BE(HEADER_BITS, start);
  taken.writeUInt16BE(size << 3, start + LENGTH_BYTES);
  packet.copy(taken, start + LENGTH_BYTES + HEADER_BYTES, offset, offset + size);
  return taken;
}

function sizeOf(packet: Buffer, start: number, index: number): number {
  return packet.readUInt16BE(start + LENGTH_BYTES + index * HEADER_BYTES) >> 3;
}
