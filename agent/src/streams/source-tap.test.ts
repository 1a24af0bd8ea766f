import { expect, it } from 'vitest';
import { makeRun } from '../../test/packet-runs.ts';
import { toTimestamp } from '../rtp/sequence.ts';
import type { Track } from '../rtsp/wire/track.ts';
import type { SourceReader } from './source-reader.ts';
import { SourceTap } from './source-tap.ts';

const VIDEO: Track = {
  kind: 'video',
  codec: 'H264',
  payloadType: 96,
  clockRate: 90_000,
  rtpmap: 'H264/90000',
  control: '',
};
const AUDIO: Track = { ...VIDEO, kind: 'audio', codec: 'Opus', clockRate: 48_000, rtpmap: 'opus/48000/2' };
const DATA: Track = { ...VIDEO, kind: 'other', codec: 'other', rtpmap: 'vnd.onvif.metadata/90000' };
const FRAME_TICKS = 3_600;
/** Of the stream's time 0: timestamps wrap soon after. */
const ORIGIN = 2 ** 32 - 2 * FRAME_TICKS;

function packet(name: number, ticks: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(ticks >>> 0, 4);
  bytes.writeUInt32BE(name, 12);
  return bytes;
}

/** A tap of video (track 0), data (1) and audio (2), with pictures numbered from 0. */
class TappedStream {
  readonly tap = new SourceTap();
  readonly ready: boolean[] = [];
  readonly flowing: boolean[] = [];
  #pictures = 0;

  constructor(tracks: readonly Track[] = [VIDEO, DATA]) {
    this.tap.listen({
      onChange: () => {
        if (this.tap.isReady !== (this.ready.at(-1) ?? false)) this.ready.push(this.tap.isReady);
        this.flowing.push(this.tap.isFlowing);
      },
      onPicture: () => undefined,
    });
    this.tap.setFlowing(true);
    this.tap.begin(
      tracks,
      tracks.map((_, track) => toTimestamp(ORIGIN + track)),
    );
  }

  /** In two packets, near the wrap of timestamps. */
  picture(key = false): void {
    const n = this.#pictures++;
    const ticks = ORIGIN + n * FRAME_TICKS;
    const runs = [
      makeRun(packet(9_999, ticks)),
      makeRun(packet(2 * n, ticks)),
      makeRun(packet(2 * n + 1, ticks)),
    ];
    for (const [index, run] of runs.entries()) {
      this.tap.packets(index === 0 ? 1 : 0, run);
      run.memory.fill(0xff);
    }
    this.tap.unit(1, true, n * FRAME_TICKS);
    this.tap.unit(0, key, n * FRAME_TICKS);
  }

  sound(name: number): void {
    this.tap.packets(2, makeRun(packet(name, 7)));
    this.tap.unit(2, true, 7);
  }

  open(wantsAudio = true): SourceReader {
    return this.tap.open(wantsAudio) as SourceReader;
  }
}

/** Takes frames as a socket does that is never full, or that never takes any. */
class Sink {
  readonly #frames: Buffer[] = [];
  readonly #isStuck: boolean;

  constructor(isStuck = false) {
    this.#isStuck = isStuck;
  }

  get backlogBytes(): number {
    return this.#isStuck ? Buffer.concat(this.#frames).length : 0;
  }

  write(frames: Buffer): void {
    this.#frames.push(this.#isStuck ? frames : Buffer.from(frames));
  }

  /** Channel and name of each packet. */
  get packets(): [channel: number, name: number][] {
    const bytes = Buffer.concat(this.#frames);
    const found: [number, number][] = [];
    for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt16BE(at + 2)) {
      expect(bytes[at]).toBe(0x24);
      found.push([bytes.readUInt8(at + 1), bytes.readUInt32BE(at + 16)]);
    }
    return found;
  }

  get names(): number[] {
    return this.packets.map(([, name]) => name);
  }
}

it('gives a reader the stream from the last key frame on, and tells how far that is back', () => {
  const stream = new TappedStream();
  expect(stream.tap.open(true)).toBeUndefined();
  for (const key of [false, true, false, true, false]) stream.picture(key);
  const reader = stream.open();
  expect(reader.tracks).toEqual([VIDEO]);
  expect(reader.ageMs).toBe(40);
  stream.picture();
  const sink = new Sink();
  reader.play(sink);
  stream.picture(true);
  expect(sink.names).toEqual([6, 7, 8, 9, 10, 11, 12, 13]);
  stream.tap.close(reader);
  stream.picture();
  expect(sink.names).toHaveLength(8);
});

it('does not overwrite what a reader has not taken yet', () => {
  const stream = new TappedStream();
  stream.picture(true);
  const reader = stream.open();
  const sink = new Sink(true);
  reader.play(sink);
  for (let picture = 1; picture < 9; picture += 1) stream.picture(picture % 2 === 0);
  expect(sink.names).toEqual(Array.from({ length: 18 }, (_, name) => name));
});

it('leaves out whole GOPs for a reader that is too far behind, and tells how many pictures', () => {
  const stream = new TappedStream();
  stream.picture(true);
  const reader = stream.open();
  let backlogBytes = 1;
  const written: number[] = [];
  reader.play({
    get backlogBytes() {
      return backlogBytes;
    },
    write: (frames) => written.push(frames.length),
  });
  backlogBytes = 64 * 1024 * 1024;
  stream.picture();
  stream.picture(true);
  backlogBytes = 0;
  stream.picture();
  expect(written).toHaveLength(1);
  expect(reader.droppedPictures).toBe(3);
  stream.picture(true);
  stream.picture();
  expect(written).toHaveLength(3);
});

it('is ready while the stream flows and has a key frame; a pause keeps what there was, an end does not', () => {
  const stream = new TappedStream();
  stream.picture(true);
  stream.tap.setFlowing(false);
  stream.tap.setFlowing(true);
  expect(stream.tap.open(true)).toBeDefined();
  stream.tap.begin([VIDEO, DATA], [toTimestamp(0), toTimestamp(0)]);
  stream.picture();
  expect(stream.tap.open(true)).toBeUndefined();
  stream.picture(true);
  expect(stream.ready).toEqual([true, false, true, false, true]);
});

it('passes audio on from now on, waits for it a second, and has readers that wanted it begin anew when it comes to stay', () => {
  const stream = new TappedStream([VIDEO, DATA, AUDIO]);
  stream.picture(true);
  expect(stream.tap.isReady).toBe(false);
  for (let picture = 0; picture < 25; picture += 1) stream.picture();
  const [deaf, mute] = [stream.open(), stream.open(false)];
  expect(deaf.tracks).toEqual([VIDEO]);
  stream.sound(1_000);
  for (let picture = 0; picture < 25; picture += 1) {
    expect(stream.tap.isFed(deaf)).toBe(true);
    stream.picture();
    stream.sound(1_000);
  }
  expect([stream.tap.isFed(deaf), stream.tap.isFed(mute)]).toEqual([false, true]);
  expect(stream.flowing).toHaveLength(3); // It flows; it is ready; a reader is fed no longer.
  const reader = stream.open();
  expect(reader.tracks).toEqual([VIDEO, AUDIO]);
  const sink = new Sink();
  reader.play(sink);
  stream.sound(1_001);
  expect(sink.packets.at(-1)).toEqual([2, 1_001]);
  expect(sink.names).not.toContain(1_000);
});

it('leaves audio out for a reader that begins when none came for a second', () => {
  const stream = new TappedStream([VIDEO, DATA, AUDIO]);
  stream.sound(1_000);
  stream.picture(true);
  expect(stream.open().tracks).toEqual([VIDEO, AUDIO]);
  for (let picture = 0; picture < 25; picture += 1) stream.picture();
  expect(stream.open().tracks).toEqual([VIDEO]);
  expect(stream.ready).toEqual([true]);
});

it('gives no audio to a reader that wants none, and does not have it begin anew', () => {
  const stream = new TappedStream([VIDEO, DATA, AUDIO]);
  stream.sound(1_000);
  stream.picture(true);
  const reader = stream.open(false);
  expect(reader.tracks).toEqual([VIDEO]);
  const sink = new Sink();
  reader.play(sink);
  for (let picture = 0; picture < 30; picture += 1) {
    stream.picture();
    stream.sound(1_000);
  }
  expect(sink.names).not.toContain(1_000);
  expect(stream.ready).toEqual([true]);
});

it("tells a reader the tracks' timestamps at its first picture", () => {
  const stream = new TappedStream([VIDEO, DATA, AUDIO]);
  stream.sound(1_000);
  for (let picture = 0; picture < 8; picture += 1) stream.picture(picture === 5);
  // 200 ms after time 0.
  expect(stream.open().timestamps).toEqual([
    (ORIGIN + 5 * FRAME_TICKS) % 2 ** 32,
    (ORIGIN + 2 + 200 * 48) % 2 ** 32,
  ]);
});

it('flows on where pictures since the last key frame are too many to be kept, and is ready at the next', () => {
  const stream = new TappedStream([VIDEO]);
  stream.picture(true);
  const large = makeRun(Buffer.alloc(60_000));
  for (let bytes = 0; bytes <= 16 * 1024 * 1024; bytes += 60_000) {
    stream.tap.packets(0, large);
    stream.tap.unit(0, false, 7 * FRAME_TICKS);
  }
  expect(stream.tap.isReady).toBe(false);
  expect(stream.flowing.at(-1)).toBe(true);
  expect(stream.open()).toBeUndefined();
  stream.picture(true);
  expect(stream.ready).toEqual([true, false, true]);
  stream.tap.end();
  expect(stream.flowing.at(-1)).toBe(false);
});

it('begins without a key frame where none came for 20 s, and says so where there is no video', () => {
  const stream = new TappedStream();
  for (let picture = 0; picture < 500; picture += 1) stream.picture();
  expect(stream.ready).toEqual([]);
  stream.picture();
  expect(stream.ready).toEqual([true]);
  expect(stream.tap.problem).toBeUndefined();
  expect(new TappedStream([AUDIO]).tap.problem).toBe('the source has no video');
});
