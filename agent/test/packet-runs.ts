/** Packets in interleaved frames, for tests that make them and that look into them. */
import { MemoryPool } from '../src/merge/memory-pool.ts';
import { PacketRun } from '../src/merge/packet-run.ts';
import { endOfFrame, FRAME_HEADER_BYTES, type FrameRow, frameOf } from '../src/rtp/frame-row.ts';

const POOL = new MemoryPool();

export function rowOf(...packets: readonly Buffer[]): FrameRow {
  const bytes = Buffer.concat(packets.map(frameOf));
  return { bytes, start: 0, end: bytes.length, count: packets.length };
}

export function makeRun(...packets: readonly Buffer[]): PacketRun {
  const run = new PacketRun(POOL);
  const { bytes, start, end } = rowOf(...packets);
  run.add(bytes, start, end);
  return run;
}

/** Views of the packets. */
export function packetsOf({ bytes, start, end }: FrameRow): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = start; at < end; at = endOfFrame(bytes, at)) {
    packets.push(bytes.subarray(at + FRAME_HEADER_BYTES, endOfFrame(bytes, at)));
  }
  return packets;
}

/** Views of the packets. */
export function packetsIn({ memory, bytes, count }: PacketRun): Buffer[] {
  return packetsOf({ bytes: memory, start: 0, end: bytes, count });
}
