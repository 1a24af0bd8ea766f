import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRtpHeader, type RtpFault, type RtpHeader, readRtpHeader, rewriteRtpPacket } from './packet.ts';
import { toSequence, toTimestamp } from './sequence.ts';

const FIXED = '60abcd01020304a1b2c3d4';
const BEFORE = 3;

/** Reads a packet that lies among other bytes. */
function readBetween(packet: Buffer, header: RtpHeader): RtpFault | undefined {
  const bytes = Buffer.concat([Buffer.alloc(BEFORE, 0xff), packet, Buffer.alloc(9, 0xff)]);
  return readRtpHeader(bytes, BEFORE, BEFORE + packet.length, header);
}

describe('a packet is read', () => {
  test.each([
    ['plain', `80${FIXED}0911`, 12, 14],
    ['without a payload', `80${FIXED}`, 12, 12],
    ['with two CSRC', `82${FIXED}${'00'.repeat(8)}09`, 20, 21],
    ['with an extension of one word', `90${FIXED}bede0001ffffffff09`, 20, 21],
    ['with an empty extension', `90${FIXED}bede000009`, 16, 17],
    ['with padding', `a0${FIXED}0900000003`, 12, 14],
    ['of padding alone', `a0${FIXED}0002`, 12, 12],
    ['with all of them', `b1${FIXED}00000000bede0001ffffffff0901`, 24, 25],
  ])('%s', (_name, hex, payloadStart, payloadEnd) => {
    const header = createRtpHeader();
    expect(readBetween(Buffer.from(hex, 'hex'), header)).toBeUndefined();
    expect(header).toEqual({
      marker: false,
      payloadType: 96,
      sequence: 0xabcd,
      timestamp: 0x01020304,
      ssrc: 0xa1b2c3d4,
      payloadStart: BEFORE + payloadStart,
      payloadEnd: BEFORE + payloadEnd,
    });
  });

  test.each([
    ['nothing', '', 'too-short'],
    ['one byte too few', `80${FIXED.slice(2)}`, 'too-short'],
    ['another version', `40${FIXED}`, 'version'],
    ['CSRC that are not there', `81${FIXED}000000`, 'csrc'],
    ['an extension that is cut off', `90${FIXED}bede00`, 'extension'],
    ['an extension longer than the packet', `90${FIXED}bede0002ffffffff`, 'extension'],
    ['padding of nothing', `a0${FIXED}0900`, 'padding'],
    ['padding longer than the payload', `a0${FIXED}0903`, 'padding'],
    ['padding where no payload is', `a0${FIXED}`, 'padding'],
  ])('but not %s', (_name, hex, fault) => {
    expect(readBetween(Buffer.from(hex, 'hex'), createRtpHeader())).toBe(fault);
  });
});

test('a packet rewritten is as before but for what it is given', () => {
  const memory = Buffer.from('0123b1e0abcd01020304a1b2c3d400000000bede0001ffffffff0901', 'hex');
  rewriteRtpPacket(memory, 2, {
    payloadType: 97,
    sequence: toSequence(0xffff),
    timestamp: toTimestamp(2 ** 32 - 1),
    ssrc: 0x80000001,
  });
  expect(memory.toString('hex')).toBe('0123b1e1ffffffffffff8000000100000000bede0001ffffffff0901');
});

test('anything is read without an exception, and within its bounds', () => {
  const header = createRtpHeader();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      if (readBetween(Buffer.from(bytes), header) !== undefined) return;
      expect(header.payloadStart).toBeGreaterThanOrEqual(BEFORE + 12);
      expect(header.payloadStart).toBeLessThanOrEqual(header.payloadEnd);
      expect(header.payloadEnd).toBeLessThanOrEqual(BEFORE + bytes.length);
    }),
  );
});
