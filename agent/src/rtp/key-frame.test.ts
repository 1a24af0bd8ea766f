import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findKeyFrameTest } from './key-frame.ts';

/** Payloads in hexadecimal: whether a decoder can begin with them. */
const PAYLOADS: Readonly<Record<string, readonly (readonly [string, string, boolean])[]>> = {
  // biome-ignore-start lint/style/useNamingConvention: codecs
  H264: [
    ['an IDR slice', '65b8', true],
    ['an SPS', '6742', true],
    ['a PPS', '68ce', false],
    ['a slice', '41b8', false],
    ['SEI', '0605', false],
    ['an access unit delimiter', '09f0', false],
    ['STAP-A of SPS and PPS', '7800026742000268ce', true],
    ['STAP-A of SEI and IDR', '78000206050002658800', true],
    ['STAP-A of SEI and a slice', '7800020605000241b8', false],
    ['STAP-A whose unit is longer than the packet', '780002060500ff65', true],
    ['STAP-A with an empty unit', '780000000265b8', true],
    ['STAP-A that is cut off', '7800', false],
    ['STAP-B of an IDR', '79ffff000265b8', true],
    ['the start of an IDR in FU-A', '7c85b8', true],
    ['the middle of an IDR in FU-A', '7c05b8', false],
    ['the end of an IDR in FU-A', '7c45b8', false],
    ['the start of a slice in FU-A', '7c81b8', false],
    ['FU-A that is cut off', '7c', false],
    ['nothing', '', false],
  ],
  H265: [
    ['a VPS', '4001', true],
    ['an SPS', '4201', true],
    ['a PPS', '4401', false],
    ['IDR_W_RADL', '2601af', true],
    ['IDR_N_LP', '2801af', true],
    ['CRA', '2a01af', true],
    ['BLA_W_LP', '2001af', true],
    ['TRAIL_R', '0201d0', false],
    ['RASL_R', '1201d0', false],
    ['SEI', '4e01', false],
    ['AP of VPS, SPS and PPS', '6001000240010002420100024401', true],
    ['AP of SEI and TRAIL', '600100024e0100020201', false],
    ['AP of SEI and IDR', '600100024e0100022601', true],
    ['the start of an IDR in FU', '620193af', true],
    ['the middle of an IDR in FU', '620113af', false],
    ['the start of TRAIL in FU', '620181d0', false],
    ['FU that is cut off', '6201', false],
    ['one byte', '26', false],
  ],
  AV1: [
    ['N alone', '180a', true],
    ['a sequence header, one OBU', '100a0b', true],
    ['a sequence header behind a metadata OBU, two OBUs', '20012a0a0b', true],
    ['a sequence header behind a temporal delimiter, lengths before all', '000112020a0b', true],
    ['a frame', '103000', false],
    ['the rest of a sequence header', '900a0b', false],
    ['the rest of an OBU with N, which cannot be', '980a0b', false],
    ['an OBU of length 0', '00000a', false],
    ['a length that never ends', '00ffffffffffff', false],
    ['a length beyond the packet', '007f300a', false],
    ['nothing but the aggregation header', '18', false],
  ],
  // biome-ignore-end lint/style/useNamingConvention: codecs
  other: [
    ['anything', '00', true],
    ['nothing', '', false],
  ],
};

describe.each(Object.entries(PAYLOADS))('%s: a decoder can begin', (codec, payloads) => {
  const isKeyFrame = findKeyFrameTest(codec);

  test.each(payloads)('with %s (%s): %s', (_name, hex, expected) => {
    const payload = Buffer.from(hex, 'hex');
    expect(isKeyFrame(payload, 0, payload.length)).toBe(expected);
    // Behind a header and before padding that would say the opposite.
    const packet = Buffer.concat([Buffer.alloc(12, 0x65), payload, Buffer.from('65671a0a42', 'hex')]);
    expect(isKeyFrame(packet, 12, 12 + payload.length)).toBe(expected);
  });

  test('any bytes are looked at without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), fc.nat(60), (bytes, start, length) => {
        const packet = Buffer.from(bytes);
        const from = Math.min(start, packet.length);
        expect(isKeyFrame(packet, from, Math.min(from + length, packet.length))).toBeTypeOf('boolean');
      }),
    );
  });
});
