/** Runs of packets, for tests that make them and that look into them. */
import { MemoryPool } from '../src/merge/memory-pool.ts';
import { PacketRun } from '../src/merge/packet-run.ts';

const POOL = new MemoryPool();

export function makeRun(...packets: readonly Buffer[]): PacketRun {
  const run = new PacketRun(POOL);
  for (const packet of packets) run.add(packet);
  return run;
}

/** Views of the packets. */
export function packetsOf(run: PacketRun): Buffer[] {
  return Array.from({ length: run.count }, (_, index) =>
    run.memory.subarray(run.startOf(index), run.endOf(index)),
  );
}
