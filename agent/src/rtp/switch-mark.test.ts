import { expect, it } from 'vitest';
import { hasSwitchMark, makeSwitchMark } from './switch-mark.ts';
import { findPayloadHash, UnitHash } from './unit-hash.ts';

const IDR = Buffer.from('6588840021ff', 'hex');

it.each(['H264', 'H265'])(
  'is found in a unit of %s however it was packed, and changes nothing of its identity',
  (codec) => {
    const mark = makeSwitchMark(codec) ?? Buffer.alloc(0);
    expect(hasSwitchMark(Buffer.concat([Buffer.alloc(200, 0x67), mark, IDR]))).toBe(true);
    expect(hasSwitchMark(IDR)).toBe(false);
    const hash = new UnitHash();
    findPayloadHash(codec)(hash, mark, 0, mark.length);
    expect(hash.identity).toBe(0);
  },
);

it('is SEI of its own kind, of as many bytes as it says, that nothing has to be escaped in', () => {
  const h264 = makeSwitchMark('H264')?.toString('hex') ?? '';
  expect(h264).toMatch(/^060510.{32}80$/);
  expect(makeSwitchMark('H265')?.toString('hex')).toBe(`4e01${h264.slice(2)}`);
  expect(h264).not.toMatch(/^(..)*0000/);
  expect(makeSwitchMark('AV1')).toBeUndefined();
});
