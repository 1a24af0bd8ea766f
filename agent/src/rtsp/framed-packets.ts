/** Packets one after the other in one piece of memory, each after room for the header of its interleaved frame. */
export interface FramedPackets {
  readonly count: number;
  /** From 0 on `bytes` of it are the packets' and the rooms'. */
  readonly memory: Buffer;
  readonly bytes: number;
  /** Where a packet starts in `memory`; its room, 4 bytes, lies before. */
  startOf(index: number): number;
  endOf(index: number): number;
  /** The memory must not be used for anything else from now on. */
  leave(): void;
}

const FRAME_HEADER_BYTES = 4;
const DOLLAR = 0x24;

/** Makes an interleaved frame (RFC 2326 section 10.12) of each packet, which has at most 65,535 bytes. */
export function writeFrameHeaders(packets: FramedPackets, channel: number): void {
  const { memory } = packets;
  for (let index = 0; index < packets.count; index += 1) {
    const start = packets.startOf(index);
    const length = packets.endOf(index) - start;
    memory[start - FRAME_HEADER_BYTES] = DOLLAR;
    memory[start - 3] = channel;
    memory[start - 2] = length >> 8;
    memory[start - 1] = length & 0xff;
  }
}
