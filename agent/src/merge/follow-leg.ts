/**
 * Makes one stream of several legs by following one at a time: the place of merging. It changes to another
 * leg when told, or when the followed one is closed; nothing is compared, so a change costs what lies between.
 *
 *     nothing followed --openLeg--> waiting --key frame--> flowing
 *              ^                     ^  ^-- follow, sender's clock or SSRC changed --'
 *              '-- last leg closed --'
 *
 * Timestamps. Every track of a leg has an arrival line (its delay on the wall clock). `tie` is what leads from
 * that line to our timestamps and stays when the leg changes, so all tracks move by the same wall clock and keep
 * their relation; where the next leg is behind, its first picture would lie before our last, and every tie is
 * moved by that much. What is released first of each track leaves as it arrives: MediaMTX ties the tracks of
 * a publisher by arrival.
 */
import { ArrivalLine } from '../rtp/arrival-line.ts';
import { findKeyFrameTest, type KeyFrameTest } from '../rtp/key-frame.ts';
import { createRtpHeader, type RtpHeader, readRtpHeader } from '../rtp/packet.ts';
import type { RtpTimestamp, SequenceNumber } from '../rtp/sequence.ts';
import { TrackRewriter } from '../rtp/track-rewriter.ts';
import { type FollowedTrack, mapTracks, UNMAPPED } from './track-mapping.ts';

export interface FollowOptions {
  /** Of the output; its payload types go out whatever a leg's are. */
  readonly tracks: readonly FollowedTrack[];
  /** For each track: SSRC and where numbers begin, at random (RFC 3550 section 5.1). */
  readonly seeds: readonly TrackSeed[];
  /** The packet is the one given to `input`, rewritten in place; valid during the call only. */
  onPacket(track: number, packet: Buffer): void;
  /**
   * A leg that brings no key frame for this long flows without one: some cameras refresh bit by bit and never
   * send one. Default 20 s, above the longest GOP of "smart" codecs.
   */
  readonly patienceMs?: number;
}

export interface TrackSeed {
  readonly ssrc: number;
  readonly sequence: SequenceNumber;
  readonly timestamp: RtpTimestamp;
}

interface OutputTrack {
  readonly clockRate: number;
  readonly isKeyFrame: KeyFrameTest;
  readonly rewriter: TrackRewriter;
  /** Milliseconds from a leg's arrival line to `seed`'s scale. */
  tieMs: number;
  readonly seedTicks: number;
  /** From the followed leg's ticks to ours; undefined before its first packet went out. */
  offsetTicks: number | undefined;
  /** The newest that went out. */
  lastTicks: number;
}

interface LegTrack {
  readonly payloadType: number;
  readonly clockRate: number;
  /** Index of the output's, or UNMAPPED. */
  readonly output: number;
  ssrc: number | undefined;
  line: ArrivalLine;
}

interface Leg {
  readonly id: string;
  readonly tracks: readonly LegTrack[];
}

/** The least step between the last picture of one leg and the first of the next. */
const LEAST_STEP_MS = 10;

export class FollowLeg {
  readonly #options: FollowOptions;
  readonly #outputs: OutputTrack[];
  /** The track whose key frames begin a leg: the first video, else the first. */
  readonly #leading: number;
  readonly #legs = new Map<string, Leg>();
  readonly #header: RtpHeader = createRtpHeader();
  #followed: Leg | undefined;
  #flowing = false;
  #waitingSinceMs: number | undefined;
  #originMs: number | undefined;
  #malformedPackets = 0;
  #strayPackets = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#outputs = options.tracks.map((track, index) => makeOutput(track, options.seeds[index]));
    this.#leading = Math.max(
      0,
      options.tracks.findIndex((track) => track.kind === 'video'),
    );
  }

  /** The leg that is followed, whether or not its key frame has come. */
  get followed(): string | undefined {
    return this.#followed?.id;
  }

  /** Whether the followed leg's packets go out. */
  get flowing(): boolean {
    return this.#flowing;
  }

  /** Packets that were no RTP. */
  get malformedPackets(): number {
    return this.#malformedPackets;
  }

  /** Packets of payload types or tracks that the output does not have. */
  get strayPackets(): number {
    return this.#strayPackets;
  }

  /**
   * Before a leg's packets. It is followed at once where no other is. False where its tracks are not the
   * output's: it is then not open.
   */
  openLeg(id: string, tracks: readonly FollowedTrack[]): boolean {
    const mapping = mapTracks(this.#options.tracks, tracks);
    if (!mapping) return false;
    this.closeLeg(id);
    this.#legs.set(id, {
      id,
      tracks: tracks.map((track, index) => ({
        payloadType: track.payloadType,
        clockRate: track.clockRate,
        output: mapping[index] ?? UNMAPPED,
        ssrc: undefined,
        line: new ArrivalLine(track.clockRate),
      })),
    });
    if (!this.#followed) this.follow(id);
    return true;
  }

  /** Where the leg is the followed one, the next goes on: the longest open. */
  closeLeg(id: string): void {
    const leg = this.#legs.get(id);
    if (!leg) return;
    this.#legs.delete(id);
    if (leg !== this.#followed) return;
    this.#leave();
    this.#followed = this.#legs.values().next().value;
  }

  /** Changes to an open leg; its output begins at its next key frame. False where it is not open. */
  follow(id: string): boolean {
    const leg = this.#legs.get(id);
    if (!leg) return false;
    if (leg !== this.#followed) {
      this.#leave();
      this.#followed = leg;
    }
    return true;
  }

  /** `nowMs`: of any clock that never steps back. The packet may be changed in place and is not kept. */
  input(id: string, track: number, packet: Buffer, nowMs: number): void {
    const leg = this.#legs.get(id);
    const legTrack = leg?.tracks[track];
    if (!leg || !legTrack) return;
    const header = this.#header;
    if (readRtpHeader(packet, header) !== undefined) {
      this.#malformedPackets++;
      return;
    }
    const output = this.#outputs[legTrack.output];
    if (!output || header.payloadType !== legTrack.payloadType) {
      this.#strayPackets++;
      return;
    }
    const isSameSource = legTrack.ssrc === undefined || legTrack.ssrc === header.ssrc;
    legTrack.ssrc = header.ssrc;
    if (!isSameSource || !legTrack.line.add(header.timestamp, nowMs)) this.#restart(leg, legTrack, nowMs);
    if (leg !== this.#followed) return;
    if (!this.#flowing && !this.#mayFlow(legTrack, output, packet, nowMs)) return;
    this.#send(legTrack, output, packet);
  }

  /** The leg's sender began anew on this track: its old line says nothing any more. */
  #restart(leg: Leg, legTrack: LegTrack, nowMs: number): void {
    if (leg === this.#followed) {
      if (legTrack.output === this.#leading) this.#leave();
      else this.#untie(legTrack);
    }
    legTrack.line = new ArrivalLine(legTrack.clockRate);
    legTrack.line.add(this.#header.timestamp, nowMs);
  }

  /** Ends what goes out of the followed leg and remembers how its tracks were tied. */
  #leave(): void {
    for (const legTrack of this.#followed?.tracks ?? []) this.#untie(legTrack);
    this.#flowing = false;
    this.#waitingSinceMs = undefined;
  }

  #untie(legTrack: LegTrack): void {
    const output = this.#outputs[legTrack.output];
    if (output?.offsetTicks === undefined) return;
    const offsetMs = ((output.offsetTicks - output.seedTicks) / output.clockRate) * 1000;
    output.tieMs = offsetMs - legTrack.line.delayMs;
    output.offsetTicks = undefined;
  }

  /** Whether this packet begins the followed leg's output. */
  #mayFlow(legTrack: LegTrack, output: OutputTrack, packet: Buffer, nowMs: number): boolean {
    this.#waitingSinceMs ??= nowMs;
    const isOverdue = nowMs - this.#waitingSinceMs >= (this.#options.patienceMs ?? 20_000);
    const { payloadStart, payloadEnd } = this.#header;
    const isStart = legTrack.output === this.#leading && output.isKeyFrame(packet, payloadStart, payloadEnd);
    if (!isStart && !isOverdue) return false;
    this.#flowing = true;
    if (this.#originMs === undefined) {
      this.#originMs = nowMs;
      for (const each of this.#outputs) each.tieMs = -nowMs;
    }
    const aheadMs = this.#measureStep(legTrack, output);
    if (aheadMs < LEAST_STEP_MS) {
      for (const each of this.#outputs) each.tieMs += LEAST_STEP_MS - aheadMs;
    }
    return true;
  }

  /** How far the packet would lie after the last that went out of its track. */
  #measureStep(legTrack: LegTrack, output: OutputTrack): number {
    const ticks = legTrack.line.ticks + findOffset(legTrack, output);
    return ((ticks - output.lastTicks) / output.clockRate) * 1000;
  }

  #send(legTrack: LegTrack, output: OutputTrack, packet: Buffer): void {
    if (output.offsetTicks === undefined) {
      // Audio of the new leg that the old one has said already.
      if (this.#measureStep(legTrack, output) <= 0) return;
      output.offsetTicks = findOffset(legTrack, output);
      output.rewriter.begin(this.#header);
    }
    const ticks = legTrack.line.ticks + output.offsetTicks;
    if (ticks > output.lastTicks) output.lastTicks = ticks;
    output.rewriter.rewrite(packet, this.#header, ticks);
    this.#options.onPacket(legTrack.output, packet);
  }
}

function makeOutput(track: FollowedTrack, seed: TrackSeed | undefined): OutputTrack {
  if (!seed) throw new TypeError('a seed for each track is needed');
  return {
    clockRate: track.clockRate,
    isKeyFrame: findKeyFrameTest(track.kind === 'video' ? track.codec : 'other'),
    rewriter: new TrackRewriter({
      payloadType: track.payloadType,
      ssrc: seed.ssrc,
      firstSequence: seed.sequence,
    }),
    tieMs: 0,
    seedTicks: seed.timestamp,
    offsetTicks: undefined,
    lastTicks: Number.NEGATIVE_INFINITY,
  };
}

/** From the leg's ticks to ours, by the tie. */
function findOffset(legTrack: LegTrack, output: OutputTrack): number {
  const offsetMs = output.tieMs + legTrack.line.delayMs;
  return Math.round((offsetMs * output.clockRate) / 1000) + output.seedTicks;
}
