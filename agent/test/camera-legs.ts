/**
 * One camera's pictures and sound as several legs bring them in RTP packets: H.264 at 25 frames a second, cut into
 * fragments as each leg likes, and Opus in packets of 20 ms; with whatever a network and a server do to them.
 */
import { createRtpHeader, readRtpHeader } from '../src/rtp/packet.ts';
import { addSteps, type SequenceNumber, toSequence, toTimestamp } from '../src/rtp/sequence.ts';
import { makeRandom } from './merging.ts';

export const CAMERA_TRACKS = [
  { kind: 'video', codec: 'H264', payloadType: 96, clockRate: 90_000 },
  { kind: 'audio', codec: 'Opus', payloadType: 97, clockRate: 48_000 },
] as const;
export const FRAME_MS = 40;
const SEI = 6;
const AUDIO_MS = 20;
/** After a freeze it takes so long until the leg is waited for again. */
const THAW_MS = 1_000;

export interface CameraOptions {
  readonly frames: number;
  /** Pictures from one key frame to the next. */
  readonly gop: number;
  /** Pictures that leave before one that is shown after them. */
  readonly bFrames: number;
  /** From this picture to that one the same GOP comes again and again; where that is not from the beginning, in silence. */
  readonly still: readonly [from: number, to: number];
  readonly hasAudio: boolean;
}

/** What a camera made at a time: a picture or a packet of sound. */
export interface CameraUnit {
  readonly track: 0 | 1;
  /** Counted by track in the order of sending. */
  readonly n: number;
  readonly sentMs: number;
  /** When it is to be shown or heard, on the camera's clock. */
  readonly shownMs: number;
  readonly key: boolean;
  /** Equal where the bytes are. */
  readonly content: number;
}

/** What the camera sends, in order. */
export function makeCamera(options: CameraOptions): CameraUnit[] {
  const units: CameraUnit[] = [];
  for (let n = 0; n < options.frames; n += 1) {
    const key = n % options.gop === 0;
    const shownMs = (n + reorderOf(options, n)) * FRAME_MS;
    const [from, to] = options.still;
    const content = n >= from && n < to ? 1e6 + (n % options.gop) : n;
    units.push({ track: 0, n, sentMs: n * FRAME_MS, shownMs, key, content });
    for (const half of options.hasAudio ? [0, 1] : []) {
      const spokenMs = n * FRAME_MS + half * AUDIO_MS;
      const said = n >= from && n < to && from > 0 ? 2e6 : 3e6 + 2 * n + half;
      units.push({
        track: 1,
        n: 2 * n + half,
        sentMs: spokenMs,
        shownMs: spokenMs,
        key: true,
        content: said,
      });
    }
  }
  return units;
}

/** By how many frame intervals the picture is shown later (or earlier) than sent: 0, and for a group of B-frames +b, -1, -1... */
function reorderOf({ gop, bFrames }: CameraOptions, n: number): number {
  const inGop = n % gop;
  const groupStart = inGop - ((inGop - 1) % (bFrames + 1));
  if (inGop === 0 || bFrames === 0 || groupStart + bFrames >= gop) return 0;
  return inGop === groupStart ? bFrames : -1;
}

export interface LegOptions {
  readonly seed: number;
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Before this no packet is lost, doubled or swapped. */
  readonly faultsFromMs: number;
  /** Of a hundred packets. */
  readonly lost: number;
  /** Of a hundred packets: sent again, or after the next one. */
  readonly doubled: number;
  readonly swapped: number;
  /** Payload bytes of a packet at most. */
  readonly fragmentBytes: number;
  /** Whether the server keeps time in ms, as RTMP does. */
  readonly roundsToMs: boolean;
  readonly outages: readonly Outage[];
}

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  /** `closed`: the session ends and comes back with other numbers. `frozen`: all comes at once afterwards. */
  readonly kind: 'closed' | 'frozen';
}

export interface LegEvent {
  readonly atMs: number;
  /** What the leg brings; undefined where it opens or closes. */
  readonly input?: { readonly track: number; readonly packet: Buffer };
  readonly isOpen: boolean;
}

export interface PlayedLeg {
  readonly events: LegEvent[];
  /** The units that came whole, and when; without those of a freeze and right after it, which come too late to be waited for. */
  readonly whole: Map<CameraUnit, number>;
}

/** What arrives on a leg. */
export function playLeg(units: readonly CameraUnit[], options: LegOptions): PlayedLeg {
  const random = makeRandom(options.seed);
  const writer = new LegWriter(options, random);
  const events: LegEvent[] = [];
  const whole = new Map<CameraUnit, number>();
  let isOpen = false;
  let atMs = 0;
  for (const unit of units) {
    const outage = options.outages.find((each) => unit.sentMs >= each.fromMs && unit.sentMs < each.toMs);
    if (outage?.kind === 'closed') {
      if (isOpen) events.push({ isOpen: false, atMs: Math.max(atMs, outage.fromMs + options.delayMs) });
      isOpen = false;
      continue;
    }
    const leavesMs = outage?.toMs ?? unit.sentMs;
    atMs = Math.max(atMs, leavesMs + options.delayMs + random(options.jitterMs + 1));
    if (!isOpen) {
      events.push({ isOpen: true, atMs });
      writer.beginAnew();
      isOpen = true;
    }
    const packets = writer.write(unit);
    const track = unit.track;
    let isWhole = true;
    const push = (packet: Buffer) => events.push({ isOpen: true, atMs, input: { track, packet } });
    for (const [index, packet] of packets.entries()) {
      const chance = unit.sentMs < options.faultsFromMs ? 50 : random(100);
      if (chance < options.lost) isWhole = false;
      else if (chance < options.lost + options.swapped && index + 1 < packets.length) {
        isWhole = false;
        const next = packets[index + 1] as Buffer;
        packets[index + 1] = packet;
        push(next);
      } else {
        push(packet);
        if (chance >= 100 - options.doubled) push(packet);
      }
    }
    const isThawing = options.outages.some(
      ({ kind, fromMs, toMs }) => kind === 'frozen' && unit.sentMs >= fromMs && unit.sentMs < toMs + THAW_MS,
    );
    if (isWhole && !isThawing) whole.set(unit, atMs);
  }
  return { events, whole };
}

/** Writes units as one server would: its own SSRC, sequence numbers, timestamps and fragments. */
class LegWriter {
  readonly #options: LegOptions;
  readonly #random: (below: number) => number;
  #ssrc = 0;
  #roundedTicks = 0;
  #sequences: [SequenceNumber, SequenceNumber] = [toSequence(0), toSequence(0)];
  #bases: [number, number] = [0, 0];

  constructor(options: LegOptions, random: (below: number) => number) {
    this.#options = options;
    this.#random = random;
  }

  /** Numbers begin anew, often just before they wrap. */
  beginAnew(): void {
    this.#ssrc = this.#random(2 ** 31);
    this.#sequences = [toSequence(65_536 - this.#random(200)), toSequence(this.#random(65_536))];
    this.#bases = [2 ** 32 - this.#random(1_000_000), this.#random(2 ** 31)];
  }

  write(unit: CameraUnit): Buffer[] {
    const { fragmentBytes, roundsToMs } = this.#options;
    this.#roundedTicks = roundsToMs ? this.#random(CAMERA_TRACKS[unit.track].clockRate / 1_000) : 0;
    const content = contentOf(unit);
    if (unit.track === 1 || content.length <= fragmentBytes) return [this.#packet(unit, content, true)];
    const header = content.readUInt8(0);
    const packets: Buffer[] = [];
    for (let at = 1; at < content.length; at += fragmentBytes) {
      const end = Math.min(content.length, at + fragmentBytes);
      const isLast = end === content.length;
      const fuHeader = (header & 0x1f) | (at === 1 ? 0x80 : 0) | (isLast ? 0x40 : 0);
      const indicator = Buffer.from([(header & 0xe0) | 28, fuHeader]);
      packets.push(this.#packet(unit, Buffer.concat([indicator, content.subarray(at, end)]), isLast));
    }
    return packets;
  }

  #packet({ track, shownMs }: CameraUnit, payload: Buffer, marker: boolean): Buffer {
    const { payloadType, clockRate } = CAMERA_TRACKS[track];
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = (marker ? 0x80 : 0) | payloadType;
    header.writeUInt16BE(this.#sequences[track], 2);
    this.#sequences[track] = addSteps(this.#sequences[track], 1);
    const ticks = this.#bases[track] + (shownMs * clockRate) / 1_000 + this.#roundedTicks;
    header.writeUInt32BE(toTimestamp(ticks), 4);
    header.writeUInt32BE(this.#ssrc + track, 8);
    return Buffer.concat([header, payload]);
  }
}

const KEY_BYTES = 1_300;

/** The bytes of a picture (one slice, whose header says that it begins one) or of a packet of sound. */
function contentOf({ track, key, content }: CameraUnit): Buffer {
  const bytes = Buffer.alloc(
    track === 1 ? 20 : key ? KEY_BYTES : 120 + ((content * 37) % 400),
    content & 0xff,
  );
  bytes[0] = key ? 0x65 : 0x41;
  bytes[1] = 0x88;
  bytes.writeUInt32BE(content, 2);
  return bytes;
}

/** A unit that went out. */
export interface ReceivedUnit {
  readonly track: number;
  readonly content: number;
  /** Ticks of its track's clock, not wrapped. */
  readonly ticks: number;
  /** Whether its bytes are those that the camera sent. */
  readonly isIntact: boolean;
  readonly key: boolean;
}

/** Reads what goes out: a reader that knows the camera's pictures. */
export class UnitReader {
  readonly units: ReceivedUnit[] = [];
  /** Packets whose number was not the next. */
  gaps = 0;
  readonly #header = createRtpHeader();
  readonly #parts: Buffer[] = [];
  readonly #sequences: (SequenceNumber | undefined)[] = [];
  readonly #ticks: number[] = [];

  take(track: number, packet: Buffer): void {
    readRtpHeader(packet, 0, packet.length, this.#header);
    const { sequence, timestamp, payloadStart, marker } = this.#header;
    const expected = this.#sequences[track];
    if (expected !== undefined && sequence !== expected) this.gaps += 1;
    this.#sequences[track] = addSteps(sequence, 1);
    const last = this.#ticks[track] ?? 0;
    const ticks = last + ((timestamp - last) | 0);
    this.#ticks[track] = ticks;
    const payload = packet.subarray(payloadStart);
    // The mark of a switch is nothing of the camera's.
    if (track === 0 && payload.readUInt8(0) === SEI) return;
    if (track === 1 || (payload.readUInt8(0) & 0x1f) !== 28) this.#parts.push(Buffer.from(payload));
    else {
      const [indicator, fuHeader] = [payload.readUInt8(0), payload.readUInt8(1)];
      if ((fuHeader & 0x80) !== 0) this.#parts.push(Buffer.from([(indicator & 0xe0) | (fuHeader & 0x1f)]));
      this.#parts.push(Buffer.from(payload.subarray(2)));
    }
    if (!marker) return;
    const bytes = Buffer.concat(this.#parts.splice(0));
    const key = track === 1 || bytes[0] === 0x65;
    const content = bytes.readUInt32BE(2);
    const sent = contentOf({ track: track === 1 ? 1 : 0, key, content, n: 0, sentMs: 0, shownMs: 0 });
    this.units.push({ track, content, ticks, key, isIntact: bytes.equals(sent) });
  }
}
