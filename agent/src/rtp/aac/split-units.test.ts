import { expect, it } from 'vitest';
import { countUnits, isHighBitRate, takeUnit } from './split-units.ts';

const RTP_HEADER = Buffer.from('80e000010000000200000003', 'hex');
const UNITS = [Buffer.from('aabbcc', 'hex'), Buffer.from('dd', 'hex'), Buffer.from('eeff', 'hex')];

function makePacket(units: readonly Buffer[]): Buffer {
  const headers = Buffer.alloc(2 + 2 * units.length);
  headers.writeUInt16BE(16 * units.length);
  for (const [index, unit] of units.entries()) headers.writeUInt16BE(unit.length << 3, 2 + 2 * index);
  return Buffer.concat([RTP_HEADER, headers, ...units]);
}

it('takes the units of a packet as the packets that another server makes of them', () => {
  const packet = makePacket(UNITS);
  expect(countUnits(packet, 12, packet.length)).toBe(3);
  const taken = UNITS.map((_, index) => takeUnit(packet, 12, index).toString('hex'));
  expect(taken).toEqual(UNITS.map((unit) => makePacket([unit]).toString('hex')));
});

it.each([
  ['nothing', Buffer.alloc(12)],
  ['a fragment', makePacket([Buffer.alloc(200)]).subarray(0, 100)],
  [
    'headers of a length that is no number of them',
    Buffer.concat([RTP_HEADER, Buffer.from('000f1234', 'hex')]),
  ],
  ['headers longer than the packet', Buffer.concat([RTP_HEADER, Buffer.from('fff01234', 'hex')])],
  ['bytes left over', Buffer.concat([makePacket(UNITS), Buffer.alloc(1)])],
])('finds no unit in %s', (_, packet) => {
  expect(countUnits(packet, 12, packet.length)).toBe(0);
});

it('knows the form by the fmtp', () => {
  expect(isHighBitRate('mode=AAC-hbr; sizeLength=13; indexLength=3; indexDeltaLength=3; config=1190')).toBe(
    true,
  );
  expect(isHighBitRate('mode=AAC-lbr; sizelength=6; indexlength=2; indexdeltalength=2')).toBe(false);
  expect(isHighBitRate(undefined)).toBe(false);
});
