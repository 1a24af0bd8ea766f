/** Lengths as AV1 writes them: seven bits a byte, the least first (AV1 specification, section 4.10.5). */

/** Where the number that begins at `start` ends; -1 where it does not. Four bytes are enough for what fits a packet. */
export function findLeb128End(packet: Buffer, start: number, end: number): number {
  for (let at = start; at < Math.min(end, start + 4); at++) {
    if ((packet.readUInt8(at) & 0x80) === 0) return at + 1;
  }
  return -1;
}

/** The number between `start` and `end`. */
export function readLeb128(packet: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = end - 1; at >= start; at--) value = (value << 7) | (packet.readUInt8(at) & 0x7f);
  return value;
}
