/** Packets in interleaved frames (RFC 2326 section 10.12), one after the other in one piece of memory. */
export interface FramedPackets {
  readonly count: number;
  /** From 0 on `bytes` of it are the frames'. */
  readonly memory: Buffer;
  readonly bytes: number;
  /** Where a packet starts in `memory`; the header of its frame, 4 bytes, lies before. */
  startOf(index: number): number;
  /** The memory must not be used for anything else from now on. */
  leave(): void;
}

/** From a packet to the byte of its frame that holds the channel. */
const CHANNEL_BEFORE = 3;

export function setChannel(packets: FramedPackets, channel: number): void {
  const { count, memory } = packets;
  for (let index = 0; index < count; index += 1) memory[packets.startOf(index) - CHANNEL_BEFORE] = channel;
}
