import { describe, expect, it } from 'vitest';
import { findPayloadHash, UnitHash } from './unit-hash.ts';

/** The identity of a unit whose payloads are these. */
function identityOf(codec: string, ...payloads: readonly Buffer[]): number {
  const hash = new UnitHash();
  const hashPayload = findPayloadHash(codec);
  for (const payload of payloads) {
    const packet = Buffer.concat([Buffer.alloc(12), payload]);
    hashPayload(hash, packet, 12, packet.length);
  }
  return hash.identity;
}

const CONTENT = Buffer.from(Array.from({ length: 60 }, (_, index) => (index * 37) & 0xff));

function withLength(unit: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(unit.length);
  return Buffer.concat([length, unit]);
}

describe('H.264', () => {
  const slice = Buffer.concat([Buffer.from([0x65]), CONTENT]);
  const second = Buffer.concat([Buffer.from([0x61]), CONTENT.subarray(5)]);
  const sps = Buffer.from([0x67, 0x42, 0xc0, 0x1e]);
  const sei = Buffer.from([0x06, 0x05, 0x01, 0xaa]);
  const delimiter = Buffer.from([0x09, 0xf0]);
  const fragments = [
    Buffer.concat([Buffer.from([0x7c, 0x85]), slice.subarray(1, 20)]),
    Buffer.concat([Buffer.from([0x7c, 0x05]), slice.subarray(20, 41)]),
    Buffer.concat([Buffer.from([0x7c, 0x45]), slice.subarray(41)]),
  ];
  const plain = identityOf('H264', slice, second);

  it.each([
    ['in fragments', [...fragments, second]],
    ['aggregated', [Buffer.concat([Buffer.from([0x78]), withLength(slice), withLength(second)])]],
    ['with parameter sets, SEI and a delimiter', [delimiter, sps, sei, slice, second]],
    ['with another nal_ref_idc', [Buffer.concat([Buffer.from([0x25]), CONTENT]), second]],
  ])('is the same unit %s', (_, payloads) => {
    expect(identityOf('H264', ...payloads)).toBe(plain);
  });

  it.each([
    ['a byte less', [slice, second.subarray(0, -1)]],
    ['the slices exchanged', [second, slice]],
    ['a slice less', [slice]],
    ['another slice type', [Buffer.concat([Buffer.from([0x61]), CONTENT]), second]],
  ])('is another unit with %s', (_, payloads) => {
    expect(identityOf('H264', ...payloads)).not.toBe(plain);
  });

  it('is no picture without a slice', () => {
    expect(identityOf('H264', sps, sei, delimiter)).toBe(0);
  });
});

describe('H.265', () => {
  const slice = Buffer.concat([Buffer.from([0x26, 0x01]), CONTENT]);
  const sets = [Buffer.from([0x40, 0x01, 1]), Buffer.from([0x42, 0x01, 2]), Buffer.from([0x44, 0x01, 3])];
  const plain = identityOf('H265', slice);

  it('is the same unit in fragments, aggregated, and with parameter sets beside', () => {
    const fragments = [
      Buffer.concat([Buffer.from([0x62, 0x01, 0x93]), slice.subarray(2, 30)]),
      Buffer.concat([Buffer.from([0x62, 0x01, 0x53]), slice.subarray(30)]),
    ];
    const aggregated = Buffer.concat([Buffer.from([0x60, 0x01]), ...[...sets, slice].map(withLength)]);
    expect(identityOf('H265', ...fragments)).toBe(plain);
    expect(identityOf('H265', aggregated)).toBe(plain);
    expect(identityOf('H265', ...sets, slice)).toBe(plain);
  });
});

describe('AV1', () => {
  const frame = Buffer.concat([Buffer.from([0x30]), CONTENT]);
  const plain = identityOf('AV1', Buffer.concat([Buffer.from([0x10]), frame]));

  it('is the same unit in fragments, with a sequence header, and with a size field', () => {
    const fragments = [
      Buffer.concat([Buffer.from([0x50]), frame.subarray(0, 20)]),
      Buffer.concat([Buffer.from([0x90]), frame.subarray(20)]),
    ];
    const header = Buffer.from([0x08, 0x01, 0x02]);
    const both = Buffer.concat([Buffer.from([0x28, header.length]), header, frame]);
    const sized = Buffer.concat([Buffer.from([0x10, 0x32, CONTENT.length]), CONTENT]);
    expect(identityOf('AV1', ...fragments)).toBe(plain);
    expect(identityOf('AV1', both)).toBe(plain);
    expect(identityOf('AV1', sized)).toBe(plain);
  });

  it('leaves out a sequence header that goes on in the next packet', () => {
    const header = Buffer.concat([Buffer.from([0x08]), CONTENT]);
    const first = Buffer.concat([Buffer.from([0x50]), header.subarray(0, 10)]);
    const rest = Buffer.concat([Buffer.from([0xa0, header.length - 10]), header.subarray(10), frame]);
    expect(identityOf('AV1', first, rest)).toBe(plain);
  });
});

it('of audio is its payload', () => {
  expect(identityOf('Opus', CONTENT)).toBe(identityOf('AAC', CONTENT));
  expect(identityOf('Opus', CONTENT)).not.toBe(identityOf('Opus', CONTENT.subarray(1)));
});
