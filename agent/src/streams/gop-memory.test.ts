import { expect, it } from 'vitest';
import { GopMemory } from './gop-memory.ts';

const FRAME_BYTES = 1_024;

/** A picture of one frame. */
function add(gop: GopMemory, name: number, key: boolean): Buffer {
  gop.add(Buffer.alloc(FRAME_BYTES, name));
  return gop.finish(key);
}

function names(frames: Buffer): number[] {
  return Array.from({ length: frames.length / FRAME_BYTES }, (_, index) =>
    frames.readUInt8(index * FRAME_BYTES),
  );
}

it('keeps what came since the last key frame, however much that is', () => {
  const gop = new GopMemory(1024 * 1024);
  for (let name = 0; name < 200; name += 1) add(gop, name, name % 90 === 0);
  expect(names(gop.copy())).toEqual(Array.from({ length: 20 }, (_, index) => 180 + index));
});

it('keeps nothing past its bound until the next key frame', () => {
  const gop = new GopMemory(3 * FRAME_BYTES);
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
