import { expect, it } from 'vitest';
import { packetsIn } from '../../test/packet-runs.ts';
import { frameOf } from '../rtp/frame-row.ts';
import { MemoryPool } from './memory-pool.ts';
import { PacketRun } from './packet-run.ts';

const PACKETS = [18, 1_400, 65_535, 1, 60_000, 60_000].map((length, index) =>
  Buffer.alloc(length, index + 1),
);

it('gives each packet back as it was, however the memory grew', () => {
  const run = new PacketRun(new MemoryPool());
  for (const packet of PACKETS) {
    const frame = frameOf(packet);
    run.add(frame, 0, frame.length);
  }
  expect(run.count).toBe(PACKETS.length);
  for (const [index, packet] of packetsIn(run).entries())
    expect(packet.equals(PACKETS[index] ?? run.memory)).toBe(true);
});

it('lends its memory to the next one only when it is recycled', () => {
  const pool = new MemoryPool();
  const kept = new PacketRun(pool);
  kept.add(frameOf(Buffer.alloc(100, 1)), 0, 104);
  const next = new PacketRun(pool);
  next.add(frameOf(Buffer.alloc(100, 2)), 0, 104);
  expect(packetsIn(kept)[0]).toEqual(Buffer.alloc(100, 1));
  const memory = kept.memory.buffer;
  kept.recycle();
  kept.recycle();
  expect(kept.count).toBe(0);
  const [one, other] = [new PacketRun(pool), new PacketRun(pool)];
  one.add(frameOf(Buffer.alloc(100, 3)), 0, 104);
  other.add(frameOf(Buffer.alloc(100, 4)), 0, 104);
  expect(one.memory.buffer).toBe(memory);
  expect(other.memory.buffer).not.toBe(memory);
});

it('leaves its memory to whoever goes on using it', () => {
  const pool = new MemoryPool();
  const run = new PacketRun(pool);
  run.add(frameOf(Buffer.alloc(100, 1)), 0, 104);
  const { memory } = run;
  run.leave();
  run.recycle();
  expect(run.count).toBe(0);
  run.add(frameOf(Buffer.alloc(100, 2)), 0, 104);
  expect(run.memory).not.toBe(memory);
  expect(memory.subarray(4, 104)).toEqual(Buffer.alloc(100, 1));
});

it('keeps no more unused memory than 8 MiB', () => {
  const pool = new MemoryPool();
  const pieces = Array.from({ length: 20 }, () => pool.take(512 * 1024));
  for (const piece of pieces) pool.give(piece);
  const again = new Set(Array.from({ length: 20 }, () => pool.take(512 * 1024)));
  expect(pieces.filter((piece) => again.has(piece))).toHaveLength(16);
});
