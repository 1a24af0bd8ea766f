import { describe, expect, test } from 'vitest';
import { AUDIO, SimulatedLeg, type SimulatedPacket, VIDEO } from '../../test/simulated-leg.ts';
import { ticksBetween, toSequence, toTimestamp } from '../rtp/sequence.ts';
import { FollowLeg } from './follow-leg.ts';

const TRACKS = [
  { ...VIDEO, payloadType: 96 },
  { ...AUDIO, payloadType: 0 },
];
const SEEDS = [
  { ssrc: 0xf1f1f1f1, sequence: toSequence(65_530), timestamp: toTimestamp(2 ** 32 - 45_000) },
  { ssrc: 0x01020304, sequence: toSequence(3), timestamp: toTimestamp(77) },
];

interface Out {
  readonly track: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly capturedMs: number;
  readonly isKeyFrame: boolean;
}

function follow(patienceMs?: number) {
  const out: Out[] = [];
  const follower = new FollowLeg({
    tracks: TRACKS,
    seeds: SEEDS,
    ...(patienceMs === undefined ? {} : { patienceMs }),
    onPacket: (track, packet) => {
      expect(packet.readUInt32BE(8)).toBe(SEEDS[track]?.ssrc);
      expect(packet.readUInt8(1) & 0x7f).toBe(TRACKS[track]?.payloadType);
      out.push({
        track,
        sequence: packet.readUInt16BE(2),
        timestamp: packet.readUInt32BE(4),
        capturedMs: packet.readUInt32BE(16),
        isKeyFrame: packet[12] === 0x65,
      });
    },
  });
  const feed = (id: string, packets: Iterable<SimulatedPacket>) => {
    for (const { track, packet, arrivalMs } of packets) follower.input(id, track, packet, arrivalMs);
  };
  const of = (track: number) => out.filter((each) => each.track === track);
  return { follower, out, feed, of };
}

/** Sequence numbers one by one; timestamps that say, to the millisecond, what `capturedMs` says. */
function expectContinuous(out: readonly Out[], clockRate: number, toleranceMs = 0.2): void {
  for (const [index, each] of out.entries()) {
    const before = out[index - 1];
    if (!before) continue;
    expect((each.sequence - before.sequence) & 0xffff).toBe(1);
    const elapsedMs =
      (ticksBetween(toTimestamp(before.timestamp), toTimestamp(each.timestamp)) / clockRate) * 1000;
    expect(Math.abs(elapsedMs - (each.capturedMs - before.capturedMs))).toBeLessThanOrEqual(toleranceMs);
  }
}

describe('one leg', () => {
  test('begins at a key frame, sound from there on, numbers from their seeds', () => {
    const { follower, out, feed, of } = follow();
    const leg = new SimulatedLeg({ seed: 1 });
    expect(follower.openLeg('primary', leg.tracks)).toBe(true);
    feed('primary', leg.between(500, 2_500));
    expect(out[0]).toEqual({
      track: 0,
      sequence: 65_530,
      timestamp: 2 ** 32 - 45_000,
      capturedMs: 1_000,
      isKeyFrame: true,
    });
    expect(out[1]).toEqual({ track: 1, sequence: 3, timestamp: 77, capturedMs: 1_000, isKeyFrame: false });
    expect(of(0)).toHaveLength(38);
    expect(of(1)).toHaveLength(75);
    expectContinuous(of(0), 90_000);
    expectContinuous(of(1), 8_000);
  });

  test('keeps its gaps, so that a loss can be seen', () => {
    const { follower, feed, of } = follow();
    const leg = new SimulatedLeg({ seed: 1 });
    follower.openLeg('primary', leg.tracks);
    feed('primary', leg.between(0, 200));
    Array.from(leg.between(200, 280));
    feed('primary', leg.between(280, 400));
    expect(of(0).map(({ sequence }) => (sequence - 65_530) & 0xffff)).toEqual([0, 1, 2, 3, 4, 7, 8, 9]);
  });

  test('that brings no key frame flows without one when patience is at an end', () => {
    const { follower, out, feed } = follow(3_000);
    const leg = new SimulatedLeg({ seed: 1, gop: 1_000_000 });
    follower.openLeg('primary', leg.tracks);
    feed('primary', leg.between(40, 3_020));
    expect(out).toEqual([]);
    feed('primary', leg.between(3_020, 3_100));
    expect(out[0]).toMatchObject({ capturedMs: 3_040, isKeyFrame: false });
  });

  test('without video begins at once', () => {
    const packets: Buffer[] = [];
    const track = { ...AUDIO, payloadType: 0 };
    const follower = new FollowLeg({
      tracks: [track],
      seeds: SEEDS,
      onPacket: (_track, packet) => packets.push(packet),
    });
    follower.openLeg('camera', [track]);
    follower.input(
      'camera',
      0,
      Buffer.concat([Buffer.from('800000010000000001020304', 'hex'), Buffer.alloc(160)]),
      0,
    );
    expect(packets).toHaveLength(1);
  });

  test('whose sender starts anew under another SSRC goes on at its next key frame', () => {
    const { follower, feed, of } = follow();
    follower.openLeg('primary', new SimulatedLeg({ seed: 1 }).tracks);
    feed('primary', new SimulatedLeg({ seed: 1 }).between(0, 500));
    const anew = Array.from(new SimulatedLeg({ seed: 1 }).between(520, 1_500));
    for (const { packet } of anew) packet.writeUInt8(0xbe, 8);
    feed('primary', anew);
    expect(of(0).map(({ capturedMs }) => capturedMs)).toEqual([
      ...range(0, 500, 40),
      ...range(1_000, 1_500, 40),
    ]);
    expectContinuous(of(0), 90_000);
  });

  test('whose sender sets its clock anew goes on at its next key frame', () => {
    const { follower, feed, of } = follow();
    follower.openLeg('primary', new SimulatedLeg({ seed: 1 }).tracks);
    feed('primary', new SimulatedLeg({ seed: 1 }).between(0, 500));
    // Seed 17: the payload types are those of seed 1, all else is not.
    feed('primary', new SimulatedLeg({ seed: 17 }).between(520, 1_500));
    expect(of(0).map(({ capturedMs }) => capturedMs)).toEqual([
      ...range(0, 500, 40),
      ...range(1_000, 1_500, 40),
    ]);
    expectContinuous(of(0), 90_000);
  });

  test('whose sound alone starts anew keeps its pictures, and the sound in its place', () => {
    const { follower, feed, of } = follow();
    follower.openLeg('primary', new SimulatedLeg({ seed: 1 }).tracks);
    const sound = Array.from(new SimulatedLeg({ seed: 17 }).between(500, 1_500)).filter(
      ({ track }) => track === 1,
    );
    const pictures = Array.from(new SimulatedLeg({ seed: 1 }).between(0, 1_500)).filter(
      ({ track, capturedMs }) => track === 0 || capturedMs < 500,
    );
    feed(
      'primary',
      [...pictures, ...sound].sort((a, b) => a.arrivalMs - b.arrivalMs),
    );
    expect(of(0)).toHaveLength(38);
    expect(of(1)).toHaveLength(75);
    expectContinuous(of(1), 8_000);
    expectTied(of(0), of(1));
  });

  test('of malformed and stray packets lets none through', () => {
    const { follower, out } = follow();
    const leg = new SimulatedLeg({ seed: 1 });
    follower.openLeg('primary', leg.tracks);
    const [first] = leg.between(0, 20);
    const wrongType = Buffer.from(first?.packet ?? []);
    wrongType[1] = 0x80 | 13;
    follower.input('primary', 0, Buffer.from([0x80]), 0);
    follower.input('primary', 0, wrongType, 0);
    follower.input('primary', 7, Buffer.from(first?.packet ?? []), 0);
    follower.input('unknown', 0, Buffer.from(first?.packet ?? []), 0);
    expect(out).toEqual([]);
    expect([follower.malformedPackets, follower.strayPackets]).toEqual([1, 1]);
  });
});

describe('of two legs', () => {
  test('the next goes on when the followed one is closed, and stays when that is back', () => {
    const { follower, feed, of } = follow();
    const [one, other] = [new SimulatedLeg({ seed: 1 }), new SimulatedLeg({ seed: 2, delayMs: 7 })];
    follower.openLeg('primary', one.tracks);
    follower.openLeg('backup', other.tracks);
    feedBoth(feed, one.between(0, 1_500), other.between(0, 1_500));
    follower.closeLeg('primary');
    expect([follower.followed, follower.flowing]).toEqual(['backup', false]);
    feed('backup', other.between(1_500, 3_000));
    follower.openLeg('primary', one.tracks);
    expect([follower.followed, follower.flowing]).toEqual(['backup', true]);
    expect(of(0).map(({ capturedMs }) => capturedMs)).toEqual([
      ...range(0, 1_500, 40),
      ...range(2_000, 3_000, 40),
    ]);
    // Delays differ by 7 ms, which the timestamps follow.
    expectContinuous(of(0), 90_000, 7.2);
    expectContinuous(of(1), 8_000, 7.2);
    expectTied(of(0), of(1));
  });

  test('one whose packets come in a burst never goes back in time, picture and sound stay together', () => {
    const { follower, feed, of } = follow();
    const [one, other] = [new SimulatedLeg({ seed: 1 }), new SimulatedLeg({ seed: 2 })];
    follower.openLeg('primary', one.tracks);
    follower.openLeg('backup', other.tracks);
    feedBoth(feed, one.between(0, 1_280), other.between(0, 1_000));
    follower.closeLeg('primary');
    feed(
      'backup',
      Array.from(other.between(1_000, 1_300), (packet) => ({ ...packet, arrivalMs: 1_300 })),
    );
    feed('backup', other.between(1_300, 2_000));
    expect(keyFrames(of(0))).toEqual([0, 1_000, 1_000]);
    expectForward(of(0));
    expectForward(of(1));
    expectTied(of(0), of(1));
  });

  test('the clock of a camera that is slow by 1 ms a second makes no step', () => {
    const { follower, feed, of } = follow();
    const slow = (packets: Iterable<SimulatedPacket>) =>
      Array.from(packets, (packet) => ({ ...packet, arrivalMs: packet.capturedMs * 1.001 }));
    const [one, other] = [new SimulatedLeg({ seed: 1 }), new SimulatedLeg({ seed: 2 })];
    follower.openLeg('primary', one.tracks);
    follower.openLeg('backup', other.tracks);
    feedBoth(feed, slow(one.between(0, 100_000)), slow(other.between(0, 100_000)));
    follower.follow('backup');
    feed('backup', slow(other.between(100_000, 101_000)));
    expectContinuous(of(0), 90_000, 4);
  });

  test('one that is behind never goes back in time, picture and sound stay together', () => {
    const { follower, feed, of } = follow();
    const one = new SimulatedLeg({ seed: 1 });
    const behind = new SimulatedLeg({ seed: 2, delayMs: 900 });
    follower.openLeg('primary', one.tracks);
    follower.openLeg('backup', behind.tracks);
    feedBoth(feed, one.between(0, 1_160), behind.between(0, 250));
    follower.follow('backup');
    feed('backup', behind.between(260, 2_500));
    expect(keyFrames(of(0))).toEqual([0, 1_000, 1_000, 2_000]);
    expectForward(of(0));
    expectForward(of(1));
    expectTied(of(0), of(1));
  });

  test('none of other codecs is taken, tracks in another order and one too many are', () => {
    const { follower, out } = follow();
    const [video, audio] = new SimulatedLeg({ seed: 3 }).tracks;
    expect(follower.openLeg('a', [{ ...video!, codec: 'H265' }, audio!])).toBe(false);
    expect(follower.openLeg('b', [audio!])).toBe(false);
    expect(follower.openLeg('c', [video!])).toBe(true);
    expect(
      follower.openLeg('d', [{ ...AUDIO, payloadType: 0, clockRate: 16_000 }, audio!, video!, video!]),
    ).toBe(true);
    follower.follow('d');
    for (const { track, packet, arrivalMs } of new SimulatedLeg({ seed: 3 }).between(0, 40)) {
      follower.input('d', track === 0 ? 2 : 1, packet, arrivalMs);
    }
    expect(out.map(({ track }) => track)).toEqual([0, 1, 1]);
  });

  test('a leg that is not open cannot be followed', () => {
    const { follower } = follow();
    expect(follower.follow('primary')).toBe(false);
    follower.closeLeg('primary');
    expect(follower.followed).toBeUndefined();
  });
});

function feedBoth(
  feed: (id: string, packets: Iterable<SimulatedPacket>) => void,
  primary: Iterable<SimulatedPacket>,
  backup: Iterable<SimulatedPacket>,
): void {
  const all = [
    ...[...primary].map((packet) => ({ id: 'primary', packet })),
    ...[...backup].map((packet) => ({ id: 'backup', packet })),
  ];
  all.sort((a, b) => a.packet.arrivalMs - b.packet.arrivalMs);
  for (const { id, packet } of all) feed(id, [packet]);
}

function keyFrames(out: readonly Out[]): number[] {
  return out.filter(({ isKeyFrame }) => isKeyFrame).map(({ capturedMs }) => capturedMs);
}

function expectForward(out: readonly Out[]): void {
  for (const [index, each] of out.entries()) {
    const before = out[index - 1];
    if (!before) continue;
    expect(ticksBetween(toTimestamp(before.timestamp), toTimestamp(each.timestamp))).toBeGreaterThan(0);
  }
}

/** The first and the last picture and sound lie as far apart as they were seen and heard. */
function expectTied(video: readonly Out[], audio: readonly Out[]): void {
  for (const at of [0, -1]) {
    const [picture, sound] = [video.at(at)!, audio.at(at)!];
    const pictureMs = ticksBetween(SEEDS[0]!.timestamp, toTimestamp(picture.timestamp)) / 90;
    const soundMs = ticksBetween(SEEDS[1]!.timestamp, toTimestamp(sound.timestamp)) / 8;
    expect(Math.abs(pictureMs - soundMs - (picture.capturedMs - sound.capturedMs))).toBeLessThanOrEqual(0.3);
  }
}

function range(from: number, to: number, step: number): number[] {
  const numbers: number[] = [];
  for (let each = from; each < to; each += step) numbers.push(each);
  return numbers;
}
