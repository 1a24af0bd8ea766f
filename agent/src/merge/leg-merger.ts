/**
 * Makes one stream of the RTP packets of several legs: groups them to access units, lets StreamMerger choose, and sends
 * the chosen units as one source a track, with sequence numbers without a gap and timestamps of one clock.
 */
import { type FrameRow, frameOf, MAX_PACKET_BYTES } from '../rtp/frame-row.ts';
import { rewriteRtpPacket } from '../rtp/packet.ts';
import { findParameterSets } from '../rtp/parameter-sets.ts';
import { addSteps, type RtpTimestamp, type SequenceNumber, toTimestamp } from '../rtp/sequence.ts';
import { makeSwitchMark } from '../rtp/switch-mark.ts';
import type { AccessUnit } from './access-unit.ts';
import { MemoryPool } from './memory-pool.ts';
import type { MergerCounters } from './merger-counters.ts';
import { PacketRun } from './packet-run.ts';
import type { ClockReader } from './stream-leg.ts';
import { StreamMerger } from './stream-merger.ts';
import { type MergedTrack, mapTracks, UNMAPPED } from './track-mapping.ts';
import { UnitAssembler } from './unit-assembler.ts';

const RTP_HEADER_BYTES = 12;
const RTP_VERSION_2 = 0x80;
/** What fits into a packet of an interleaved frame. */
const MAX_SET_BYTES = MAX_PACKET_BYTES - RTP_HEADER_BYTES;

/** One for all streams: a unit needs its memory for a moment, and few units come at once. */
const POOL = new MemoryPool();

export interface TrackSeed {
  readonly ssrc: number;
  readonly sequence: SequenceNumber;
  readonly timestamp: RtpTimestamp;
}

export interface LegMergerOptions {
  /** Of the output; its payload types go out whatever a leg's are. */
  readonly tracks: readonly MergedTrack[];
  /** For each track: SSRC and where numbers begin, at random (RFC 3550 section 5.1). */
  readonly seeds: readonly TrackSeed[];
  /** Ids of legs in order of preference; others that open come after them. */
  readonly legs: readonly string[];
  /** A leg that carries is late after this many ms, or three frame intervals where that is longer. */
  readonly latenessMs: number;
  readonly counters: MergerCounters;
  /** The packets of a unit, valid during the call only, unless their memory is taken over (`leave`). */
  readonly onPackets: (track: number, packets: PacketRun) => void;
  /**
   * After the packets of a unit. `key`: whether a decoder may start with it; always for audio. `ticks`: where it stands
   * in the output, from 0 at the timestamp of the seed; the same moment for all tracks, and never wrapped.
   */
  readonly onUnit?: (track: number, key: boolean, ticks: number) => void;
}

interface OpenLeg {
  /** For each of the leg's tracks what groups its packets; undefined for one that the output does not have. */
  readonly assemblers: readonly (UnitAssembler | undefined)[];
  /** For each track of the output the leg's parameter sets. */
  readonly parameterSets: readonly (readonly Buffer[])[];
}

export class LegMerger {
  readonly #options: LegMergerOptions;
  readonly #merger: StreamMerger;
  readonly #open = new Map<string, OpenLeg>();
  /** The sequence number that goes out next, by track. */
  readonly #sequences: SequenceNumber[];
  /** By track, NAL units that go out before its next unit: parameter sets, and the mark of a switch. */
  #unitsDue: (readonly Buffer[] | undefined)[] = [];
  /** The legs' ids by their numbers. */
  readonly #ids: string[];
  #nowMs = 0;

  constructor(options: LegMergerOptions) {
    this.#options = options;
    this.#ids = [...options.legs];
    if (options.seeds.length < options.tracks.length) throw new TypeError('a seed for each track is needed');
    this.#sequences = options.seeds.map((seed) => seed.sequence);
    this.#merger = new StreamMerger({
      tracks: options.tracks.map(({ clockRate, kind }) => ({ clockRate, isVideo: kind === 'video' })),
      latenessMs: options.latenessMs,
      counters: options.counters,
      send: (track, unit, ticks) => this.#send(track, unit, ticks),
      onSwitch: (leg, isFirst) => this.#announce(leg, isFirst),
    });
  }

  /** The legs whose units go out: several are copies of one another. */
  get carrying(): string[] {
    return this.#merger.carrying.map((leg) => this.#ids[leg] ?? '');
  }

  /** Before this nothing goes out, and the legs that are open stand ready with their last key frame. */
  start(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#merger.start(nowMs);
  }

  /**
   * At its next key frame this leg takes over from those that carry, though none of them is late. Where the two
   * encodings cut at the same pictures, none is missed or sent twice (merge/hand-over.ts).
   */
  goOnWith(id: string): void {
    this.#merger.goOnWith(this.#ids.indexOf(id), this.#nowMs);
  }

  /** Whether the legs that carry have brought nothing for so long, or for three frame intervals where that is longer. */
  isLate(nowMs: number, latenessMs: number): boolean {
    return this.#merger.isLate(nowMs, latenessMs);
  }

  /**
   * Before a leg's packets. False where its tracks are not the output's: it is then not open. `clockOf`: how a track's
   * clock stands to those of the others, once that is known; without it they are tied by when they come.
   */
  openLeg(id: string, tracks: readonly MergedTrack[], nowMs: number, clockOf?: ClockReader): boolean {
    const mapping = mapTracks(this.#options.tracks, tracks);
    if (mapping === undefined) return false;
    if (!this.#ids.includes(id)) this.#ids.push(id);
    const leg = this.#ids.indexOf(id);
    this.closeLeg(id, nowMs);
    this.#merger.open(leg, clockOf && ((output) => clockOf(mapping.indexOf(output))));
    const outputOf = (track: number) => mapping[track] ?? UNMAPPED;
    this.#open.set(id, {
      assemblers: tracks.map((track, index) => this.#makeAssembler(leg, outputOf(index), track)),
      parameterSets: this.#options.tracks.map((_, output) => {
        const track = tracks.find((_, index) => outputOf(index) === output);
        const sets = track === undefined ? [] : findParameterSets(track.codec, track.fmtp);
        return sets.filter((set) => set.length <= MAX_SET_BYTES);
      }),
    });
    return true;
  }

  closeLeg(id: string, nowMs: number): void {
    if (!this.#open.delete(id)) return;
    this.#nowMs = nowMs;
    this.#merger.close(this.#ids.indexOf(id), nowMs);
  }

  /**
   * `packets`: copied where they are kept. `nowMs`: of any clock that never steps back. True where they completed a
   * unit, so that something else may have fallen due.
   */
  input(id: string, track: number, packets: FrameRow, nowMs: number): boolean {
    this.#nowMs = nowMs;
    return this.#open.get(id)?.assemblers[track]?.push(packets) === true;
  }

  /** When to call `tick` next, as it returns it. */
  findDueMs(nowMs: number): number {
    return this.#merger.findDueMs(nowMs);
  }

  /** Does what is due; returns when to call again, ms; `Infinity` when only packets can change anything. */
  tick(nowMs: number): number {
    this.#nowMs = nowMs;
    return this.#merger.tick(nowMs);
  }

  #makeAssembler(leg: number, output: number, track: MergedTrack): UnitAssembler | undefined {
    if (output === UNMAPPED) return undefined;
    return new UnitAssembler({
      codec: track.codec,
      fmtp: track.fmtp,
      payloadType: track.payloadType,
      isVideo: track.kind === 'video',
      pool: POOL,
      onUnit: (unit) => this.#merger.unit(leg, output, unit, this.#nowMs),
    });
  }

  /**
   * A decoder that goes on with another encoder's pictures needs that encoder's parameter sets before; who merges this
   * stream with others must know (rtp/switch-mark.ts).
   */
  #announce(leg: number, isFirst: boolean): void {
    const sets = this.#open.get(this.#ids[leg] ?? '')?.parameterSets;
    this.#unitsDue = this.#options.tracks.map(({ codec }, track) => {
      const mark = isFirst ? undefined : makeSwitchMark(codec);
      return [...(sets?.[track] ?? []), ...(mark === undefined ? [] : [mark])];
    });
  }

  #send(track: number, unit: AccessUnit, ticks: number): void {
    const due = this.#unitsDue[track];
    if (due !== undefined && due.length > 0) {
      const packets = new PacketRun(POOL);
      for (const each of due) {
        const frame = frameOf(wrapInPacket(each));
        packets.add(frame, 0, frame.length);
      }
      this.#sendPackets(track, packets, ticks);
      packets.recycle();
    }
    this.#unitsDue[track] = undefined;
    this.#sendPackets(track, unit.packets, ticks);
    this.#options.onUnit?.(track, unit.key, ticks);
  }

  #sendPackets(track: number, packets: PacketRun, ticks: number): void {
    const seed = this.#options.seeds[track];
    const payloadType = this.#options.tracks[track]?.payloadType;
    let sequence = this.#sequences[track];
    if (seed === undefined || sequence === undefined || payloadType === undefined) return;
    const { memory } = packets;
    const timestamp = toTimestamp(seed.timestamp + ticks);
    for (let index = 0; index < packets.count; index += 1) {
      rewriteRtpPacket(memory, packets.startOf(index), { payloadType, ssrc: seed.ssrc, sequence, timestamp });
      sequence = addSteps(sequence, 1);
    }
    this.#sequences[track] = sequence;
    this.#options.onPackets(track, packets);
  }
}

/** A packet of one NAL unit that does not end its picture; its numbers are still to be written. */
function wrapInPacket(unit: Buffer): Buffer {
  const packet = Buffer.alloc(RTP_HEADER_BYTES + unit.length);
  packet.writeUInt8(RTP_VERSION_2, 0);
  unit.copy(packet, RTP_HEADER_BYTES);
  return packet;
}
