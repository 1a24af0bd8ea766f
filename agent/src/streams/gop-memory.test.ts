import { expect, it } from 'vitest';
import { GopMemory } from './gop-memory.ts';

const PACKET_BYTES = 1_020;

/** A picture of one packet, whose frame has 1,024 bytes. */
function add(gop: GopMemory, name: number, key: boolean): Buffer {
  gop.add(0, Buffer.alloc(PACKET_BYTES, name));
  return gop.finish(key);
}

function names(frames: Buffer): number[] {
  return Array.from({ length: frames.length / 1_024 }, (_, index) => frames.readUInt8(index * 1_024 + 4));
}

it('keeps what came since the last key frame, however much that is', () => {
  const gop = new GopMemory(1024 * 1024);
  for (let name = 0; name < 200; name += 1) add(gop, name, name % 90 === 0);
  expect(names(gop.copy())).toEqual(Array.from({ length: 20 }, (_, index) => 180 + index));
});

it('keeps nothing past its bound until the next key frame', () => {
  const gop = new GopMemory(3 * 1_024);
  for (const name of [1, 2, 3]) add(gop, name, name === 1);
  expect(gop.isWhole).toBe(true);
  expect(names(add(gop, 4, false))).toEqual([4]);
  expect(gop.isWhole).toBe(false);
  expect(names(add(gop, 5, false))).toEqual([5]);
  expect(names(add(gop, 6, true))).toEqual([6]);
  expect(names(gop.copy())).toEqual([6]);
});

it('leaves alone what was lent', () => {
  const gop = new GopMemory(1024 * 1024);
  const lent = add(gop, 1, true);
  gop.lend();
  for (let name = 2; name < 200; name += 1) add(gop, name, name % 50 === 0);
  expect(names(lent)).toEqual([1]);
});
