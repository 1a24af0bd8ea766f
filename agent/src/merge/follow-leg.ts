/**
 * Makes one stream of several legs by following one at a time: the place of merging. It changes to another
 * leg when told, or when the followed one is closed; nothing is compared, so a change costs what lies between.
 *
 *     nothing followed --openLeg--> waiting --key frame--> flowing
 *              ^                     ^  ^-- follow, sender's clock or SSRC changed --'
 *              '-- last leg closed --'
 *
 * Timestamps: all tracks of a leg are tied to ours by when they arrive (output-track.ts), so that they keep their
 * relation. Where the next leg is behind, its first picture would lie before our last, and all are moved on by
 * that much. What is released first of each track leaves as it arrives: MediaMTX ties a publisher's tracks
 * by arrival.
 */
import { ArrivalLine } from '../rtp/arrival-line.ts';
import { createRtpHeader, type RtpHeader, readRtpHeader } from '../rtp/packet.ts';
import { OutputTrack, type TrackSeed } from './output-track.ts';
import { type FollowedTrack, mapTracks, UNMAPPED } from './track-mapping.ts';

export interface FollowOptions {
  /** Of the output; its payload types go out whatever a leg's are. */
  readonly tracks: readonly FollowedTrack[];
  /** One for each track. */
  readonly seeds: readonly TrackSeed[];
  /** The packet is the one given to `input`, rewritten in place; valid during the call only. */
  onPacket(track: number, packet: Buffer): void;
  /**
   * A leg that brings no key frame for this long flows without one: some cameras refresh bit by bit and never
   * send one. Default 20 s, above the longest GOP of "smart" codecs.
   */
  readonly patienceMs?: number;
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
  #hasBegun = false;
  #malformedPackets = 0;
  #strayPackets = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#outputs = options.tracks.map((track, index) => {
      const seed = options.seeds[index];
      if (!seed) throw new TypeError('each track needs a seed');
      return new OutputTrack(track, seed);
    });
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
    if (output.rewrite(packet, header, legTrack.line)) this.#options.onPacket(legTrack.output, packet);
  }

  /** The leg's sender began anew on this track: its old line says nothing any more. */
  #restart(leg: Leg, legTrack: LegTrack, nowMs: number): void {
    if (leg === this.#followed) {
      if (legTrack.output === this.#leading) this.#leave();
      else this.#outputs[legTrack.output]?.untie(legTrack.line);
    }
    legTrack.line = new ArrivalLine(legTrack.clockRate);
    legTrack.line.add(this.#header.timestamp, nowMs);
  }

  /** Ends what goes out of the followed leg and remembers how its tracks were tied. */
  #leave(): void {
    for (const legTrack of this.#followed?.tracks ?? []) {
      this.#outputs[legTrack.output]?.untie(legTrack.line);
    }
    this.#flowing = false;
    this.#waitingSinceMs = undefined;
  }

  /** Whether this packet begins the followed leg's output. */
  #mayFlow(legTrack: LegTrack, output: OutputTrack, packet: Buffer, nowMs: number): boolean {
    this.#waitingSinceMs ??= nowMs;
    const isOverdue = nowMs - this.#waitingSinceMs >= (this.#options.patienceMs ?? 20_000);
    const { payloadStart, payloadEnd } = this.#header;
    const isStart = legTrack.output === this.#leading && output.isKeyFrame(packet, payloadStart, payloadEnd);
    if (!isStart && !isOverdue) return false;
    this.#flowing = true;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      for (const each of this.#outputs) each.tieTo(nowMs);
    }
    const stepMs = output.measureStep(legTrack.line);
    if (stepMs < LEAST_STEP_MS) {
      for (const each of this.#outputs) each.shift(LEAST_STEP_MS - stepMs);
    }
    return true;
  }
}
