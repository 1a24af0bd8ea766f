/**
 * Groups the RTP packets of one leg's track to access units: video by timestamp and by the marker that ends a picture;
 * audio is a unit a packet, or several where it is AAC that can be split.
 */
import { AAC_UNIT_TICKS, countUnits, isHighBitRate, takeUnit } from '../rtp/aac/split-units.ts';
import { endOfFrame, FRAME_HEADER_BYTES, type FrameRow, frameOf } from '../rtp/frame-row.ts';
import { findKeyFrameTest, type KeyFrameTest } from '../rtp/key-frame.ts';
import { createRtpHeader, readRtpHeader } from '../rtp/packet.ts';
import { findPictureStartTest, type PictureStartTest } from '../rtp/picture-start.ts';
import {
  addSteps,
  type RtpTimestamp,
  type SequenceNumber,
  stepsBetween,
  TimestampUnwrapper,
  toTimestamp,
} from '../rtp/sequence.ts';

import { hasSwitchMark } from '../rtp/switch-mark.ts';
import { findPayloadHash, type HashPayload, UnitHash } from '../rtp/unit-hash.ts';
import type { AccessUnit } from './access-unit.ts';
import type { MemoryPool } from './memory-pool.ts';
import { PacketRun } from './packet-run.ts';

/** A unit larger than this is dropped: no camera sends one, and a hostile leg must not fill the memory. */
const MAX_UNIT_BYTES = 8 * 1024 * 1024;
/** A packet this far behind what is expected comes again, or too late; further behind, numbers have begun anew. */
const MAX_STEPS_BEHIND = 512;
const NO_STRETCH = -1;

/** One for all: a unit is hashed from its first packet to its last in one go. */
const HASH = new UnitHash();

export interface AssemblerOptions {
  /** As the track names it. */
  readonly codec: string;
  readonly fmtp: string | undefined;
  /** Packets of another are passed over. */
  readonly payloadType: number;
  readonly isVideo: boolean;
  readonly pool: MemoryPool;
  /** Who keeps the unit past the call holds its packets. */
  readonly onUnit: (unit: AccessUnit) => void;
}

export class UnitAssembler {
  readonly #options: AssemblerOptions;
  readonly #startsKeyFrame: KeyFrameTest;
  readonly #startsPicture: PictureStartTest;
  readonly #hashPayload: HashPayload;
  /** Whether a packet may carry several units. */
  readonly #isSplit: boolean;
  readonly #header = createRtpHeader();
  readonly #unwrapper = new TimestampUnwrapper();
  #expected: SequenceNumber | undefined;
  #packets: PacketRun;
  /** Where the payload of each packet starts and ends, in the packet. */
  readonly #payloads: number[] = [];
  /** The frames of the unit that are not copied yet, of the row that is being taken. */
  #from = NO_STRETCH;
  #to = NO_STRETCH;
  #timestamp: RtpTimestamp | undefined;
  #ticks = 0;
  /** Of the unit that comes; 0 between two. */
  #bytes = 0;
  #isKey = false;
  /** One of its packets was lost, or it grew past all measure: it is left out. */
  #isDamaged = false;
  /** Whether packets were lost since the last unit that was whole. */
  #isAfterLoss = false;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#packets = new PacketRun(options.pool);
    this.#isSplit = options.codec === 'AAC' && isHighBitRate(options.fmtp);
    this.#startsKeyFrame = findKeyFrameTest(options.codec);
    this.#startsPicture = findPictureStartTest(options.codec);
    this.#hashPayload = findPayloadHash(options.codec);
  }

  /** The packets are copied where they are kept. True where they completed a unit. */
  push({ bytes, start, end }: FrameRow): boolean {
    let isComplete = false;
    for (let at = start; at < end; ) {
      const next = endOfFrame(bytes, at);
      if (this.#pushPacket(bytes, at + FRAME_HEADER_BYTES, next)) isComplete = true;
      at = next;
    }
    this.#copyStretch(bytes);
    return isComplete;
  }

  #pushPacket(bytes: Buffer, start: number, end: number): boolean {
    const header = this.#header;
    const fault = readRtpHeader(bytes, start, end, header);
    if (fault !== undefined || header.payloadType !== this.#options.payloadType) return false;
    const steps = this.#expected === undefined ? 0 : stepsBetween(this.#expected, header.sequence);
    if (steps < 0 && steps >= -MAX_STEPS_BEHIND) return false;
    this.#expected = addSteps(header.sequence, 1);
    if (steps !== 0) this.#isAfterLoss = true;
    const { payloadStart, payloadEnd } = header;
    if (this.#bytes > 0 && header.timestamp !== this.#timestamp) {
      if (steps !== 0) this.#isDamaged = true;
      this.#finish(bytes);
    }
    if (steps !== 0) this.#isDamaged = !this.#mayBegin(bytes, payloadStart, payloadEnd);
    const units = this.#isSplit ? countUnits(bytes, payloadStart, payloadEnd) : 1;
    if (units > 1) return this.#split(bytes.subarray(start, end), payloadStart - start, units);
    if (this.#bytes === 0) this.#begin(header.timestamp);
    this.#take(bytes, start, end);
    // Audio is whole in its packet but for fragments of AAC, which the marker ends too.
    const isEnd = header.marker || (!this.#options.isVideo && units === 1);
    if (isEnd) this.#finish(bytes);
    return isEnd;
  }

  /** Whether, after a loss, the unit that the payload belongs to can be whole. */
  #mayBegin(bytes: Buffer, start: number, end: number): boolean {
    if (this.#bytes > 0) return false;
    return !this.#options.isVideo || this.#startsPicture(bytes, start, end);
  }

  #split(packet: Buffer, payloadStart: number, units: number): boolean {
    const { timestamp } = this.#header;
    for (let index = 0; index < units; index += 1) {
      const frame = frameOf(takeUnit(packet, payloadStart, index));
      readRtpHeader(frame, FRAME_HEADER_BYTES, frame.length, this.#header);
      this.#begin(toTimestamp(timestamp + index * AAC_UNIT_TICKS));
      this.#take(frame, FRAME_HEADER_BYTES, frame.length);
      this.#finish(frame);
    }
    return true;
  }

  #begin(timestamp: RtpTimestamp): void {
    this.#timestamp = timestamp;
    this.#ticks = this.#unwrapper.unwrap(timestamp);
    this.#isKey = false;
  }

  /** The packet whose header was read last. */
  #take(bytes: Buffer, start: number, end: number): void {
    this.#bytes += end - start;
    if (this.#bytes > MAX_UNIT_BYTES) {
      this.#isDamaged = true;
      this.#to = this.#from;
      this.#packets.recycle();
      return;
    }
    const { payloadStart, payloadEnd } = this.#header;
    this.#isKey ||= this.#startsKeyFrame(bytes, payloadStart, payloadEnd);
    this.#payloads.push(payloadStart - start, payloadEnd - start);
    const from = start - FRAME_HEADER_BYTES;
    if (from !== this.#to) {
      this.#copyStretch(bytes);
      this.#from = from;
    }
    this.#to = end;
  }

  /** Frames in a row that belong to the unit are copied at once. */
  #copyStretch(bytes: Buffer): void {
    if (this.#to > this.#from) this.#packets.add(bytes, this.#from, this.#to);
    this.#from = NO_STRETCH;
    this.#to = NO_STRETCH;
  }

  #finish(bytes: Buffer): void {
    this.#copyStretch(bytes);
    const packets = this.#packets;
    if (!this.#isDamaged) this.#pass(packets);
    this.#isDamaged = false;
    this.#bytes = 0;
    this.#payloads.length = 0;
    if (packets.isHeld) this.#packets = new PacketRun(this.#options.pool);
    else packets.recycle();
  }

  #pass(packets: PacketRun): void {
    const isAfterLoss = this.#isAfterLoss;
    this.#isAfterLoss = false;
    const identity = this.#identify(packets);
    const key = this.#isKey;
    const { isVideo, onUnit } = this.#options;
    const isAfterSwitch = key && isVideo && hasSwitchMark(packets.memory.subarray(0, packets.bytes));
    onUnit({ packets, ticks: this.#ticks, identity, key, bytes: this.#bytes, isAfterLoss, isAfterSwitch });
  }

  #identify(packets: PacketRun): number {
    HASH.reset();
    const { memory } = packets;
    for (let index = 0; index < packets.count; index += 1) {
      const start = packets.startOf(index);
      const payloadStart = start + (this.#payloads[2 * index] ?? 0);
      const payloadEnd = start + (this.#payloads[2 * index + 1] ?? 0);
      this.#hashPayload(HASH, memory, payloadStart, payloadEnd);
    }
    return HASH.identity;
  }
}
