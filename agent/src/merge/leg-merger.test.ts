import { expect, it } from 'vitest';
import { packetsIn, rowOf } from '../../test/packet-runs.ts';
import { createRtpHeader, readRtpHeader } from '../rtp/packet.ts';
import { toSequence, toTimestamp } from '../rtp/sequence.ts';
import { LegMerger } from './leg-merger.ts';
import { createMergerCounters } from './merger-counters.ts';

const TRACK = { kind: 'video', codec: 'H264', payloadType: 96, clockRate: 90_000 } as const;
const IDR = 0x65;
const SLICE = 0x61;

interface SentPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: string;
}

function makeMerger(): { merger: LegMerger; sent: SentPacket[] } {
  const sent: SentPacket[] = [];
  const header = createRtpHeader();
  const merger = new LegMerger({
    tracks: [TRACK],
    seeds: [{ ssrc: 7, sequence: toSequence(0xfffe), timestamp: toTimestamp(0xffff_f000) }],
    legs: ['primary', 'backup'],
    latenessMs: 200,
    counters: createMergerCounters(),
    onPackets: (_, packets) => {
      for (const packet of packetsIn(packets)) {
        expect(readRtpHeader(packet, 0, packet.length, header)).toBeUndefined();
        expect([header.ssrc, header.payloadType]).toEqual([7, TRACK.payloadType]);
        const { sequence, timestamp, marker } = header;
        sent.push({ sequence, timestamp, marker, payload: packet.toString('hex', header.payloadStart) });
      }
    },
  });
  merger.start(0);
  return { merger, sent };
}

/** One packet, in memory that the next one overwrites. */
const MEMORY = Buffer.alloc(64);
function packet(fields: {
  type: number;
  picture: number;
  sequence: number;
  marker?: boolean;
  payloadType?: number;
}): Buffer {
  MEMORY.fill(0);
  MEMORY.writeUInt8(0x80, 0);
  MEMORY.writeUInt8((fields.marker === false ? 0 : 0x80) | (fields.payloadType ?? TRACK.payloadType), 1);
  MEMORY.writeUInt16BE(fields.sequence & 0xffff, 2);
  MEMORY.writeUInt32BE(fields.picture * 3_600, 4);
  MEMORY.writeUInt32BE(99, 8);
  MEMORY.writeUInt8(fields.type, 12);
  MEMORY.writeUInt32BE(fields.picture, 13);
  MEMORY.writeUInt8(fields.sequence & 0xff, 17);
  return MEMORY.subarray(0, 18);
}

it('sends the packets of a unit once it is whole, with numbers and timestamps of its own across their wraps', () => {
  const { merger, sent } = makeMerger();
  expect(merger.openLeg('primary', [TRACK], 0)).toBe(true);
  for (let picture = 0; picture < 4; picture += 1) {
    const type = picture === 0 ? IDR : SLICE;
    const at = picture * 40;
    expect(
      merger.input('primary', 0, rowOf(packet({ type, picture, sequence: 2 * picture, marker: false })), at),
    ).toBe(false);
    expect(sent.length).toBe(2 * picture);
    expect(merger.input('primary', 0, rowOf(packet({ type, picture, sequence: 2 * picture + 1 })), at)).toBe(
      true,
    );
  }
  expect(sent.map(({ sequence }) => sequence)).toEqual([0xfffe, 0xffff, 0, 1, 2, 3, 4, 5]);
  expect(sent.map(({ timestamp }) => timestamp)).toEqual(
    [0, 0, 1, 1, 2, 2, 3, 3].map((n) => (0xffff_f000 + n * 3_600) % 2 ** 32),
  );
  expect(sent.map(({ marker }) => marker)).toEqual([false, true, false, true, false, true, false, true]);
});

it('leaves out a unit that lost a packet on the way, and takes it from the other leg', () => {
  const { merger, sent } = makeMerger();
  merger.openLeg('primary', [TRACK], 0);
  merger.openLeg('backup', [TRACK], 0);
  for (let picture = 0; picture < 12; picture += 1) {
    for (const [leg, delayMs] of [
      ['primary', 0],
      ['backup', 15],
    ] as const) {
      const first = packet({
        type: picture === 0 ? IDR : SLICE,
        picture,
        sequence: 2 * picture,
        marker: false,
      });
      if (leg === 'backup' || picture !== 8) merger.input(leg, 0, rowOf(first), picture * 40 + delayMs);
      const second = packet({ type: picture === 0 ? IDR : SLICE, picture, sequence: 2 * picture + 1 });
      merger.input(leg, 0, rowOf(second), picture * 40 + delayMs);
    }
  }
  expect(sent.map(({ payload }) => payload.slice(2, 10))).toEqual(
    Array.from({ length: 24 }, (_, index) => (index >> 1).toString(16).padStart(8, '0')),
  );
  expect(merger.carrying).toEqual(['primary', 'backup']);
});

it('gives a decoder the parameter sets of another encoder before its first picture, and marks the change', () => {
  const { merger, sent } = makeMerger();
  merger.openLeg('primary', [TRACK], 0);
  merger.openLeg(
    'backup',
    [{ ...TRACK, payloadType: 98, fmtp: 'sprop-parameter-sets=Z0LAHg==,aM48gA==' }],
    0,
  );
  const backup = { payloadType: 98 };
  merger.input('primary', 0, rowOf(packet({ type: IDR, picture: 1, sequence: 1 })), 0);
  merger.input('backup', 0, rowOf(packet({ type: IDR, picture: 50_001, sequence: 1, ...backup })), 1);
  merger.closeLeg('primary', 20);
  expect(sent.map(({ payload }) => payload.slice(0, 8))).toEqual([
    '65000000',
    '6742c01e',
    '68ce3c80',
    '0605106a',
    '650000c3',
  ]);
  expect(new Set(sent.slice(1).map(({ timestamp }) => timestamp)).size).toBe(1);
  expect(sent.at(-1)?.marker).toBe(true);
});

it('does not open a leg whose tracks are of another stream', () => {
  const { merger } = makeMerger();
  expect(merger.openLeg('primary', [{ ...TRACK, codec: 'H265' }], 0)).toBe(false);
});

it('leaves out a unit whose first packet went with the end of the one before, and takes a packet that comes twice once', () => {
  const { merger, sent } = makeMerger();
  merger.openLeg('primary', [TRACK], 0);
  const fragment = (picture: number, at: 'start' | 'middle' | 'end', sequence: number) => {
    const bytes = packet({ type: 0x7c, picture, sequence, marker: at === 'end' });
    bytes.writeUInt8({ start: 0x85, middle: 0x05, end: 0x45 }[at], 13);
    bytes.writeUInt8(0x88, 14);
    merger.input('primary', 0, rowOf(bytes), picture * 40);
  };
  const all = ['start', 'middle', 'end'] as const;
  for (const picture of [0, 1, 2, 3]) {
    for (const [index, at] of all.entries()) {
      const isLost = (picture === 1 && at === 'end') || (picture === 2 && at === 'start');
      if (!isLost) fragment(picture, at, 3 * picture + index);
      if (picture === 0) fragment(picture, at, 3 * picture + index);
    }
  }
  expect(sent.map(({ timestamp }) => ((timestamp - 0xffff_f000) >>> 0) / 3_600)).toEqual([0, 0, 0, 3, 3, 3]);
});
