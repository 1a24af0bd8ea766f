/** The packets of one camera as one leg brings them: H.264 at 25 frames/s and PCMU in packets of 20 ms. */
import { addSteps, type SequenceNumber, toSequence, toTimestamp } from '../src/rtp/sequence.ts';

export interface SimulatedLegOptions {
  /** Sets SSRC, payload types and where numbers begin. */
  readonly seed: number;
  /** From the camera to here. */
  readonly delayMs?: number;
  /** Pictures from one key frame to the next. */
  readonly gop?: number;
}

export interface SimulatedPacket {
  /** 0: video, 1: audio. */
  readonly track: number;
  readonly packet: Buffer;
  readonly arrivalMs: number;
  /** Of the camera: when it was seen and heard. */
  readonly capturedMs: number;
  readonly isKeyFrame: boolean;
}

export const VIDEO = { kind: 'video', codec: 'H264', clockRate: 90_000 } as const;
export const AUDIO = { kind: 'audio', codec: 'PCMU', clockRate: 8_000 } as const;
const FRAME_MS = 40;
const AUDIO_MS = 20;

export class SimulatedLeg {
  readonly tracks;
  readonly #delayMs: number;
  readonly #gop: number;
  readonly #seed: number;
  readonly #sequences: [SequenceNumber, SequenceNumber];

  constructor(options: SimulatedLegOptions) {
    const { seed, delayMs = 0, gop = 25 } = options;
    this.tracks = [
      { ...VIDEO, payloadType: 96 + (seed % 16) },
      { ...AUDIO, payloadType: 112 + (seed % 16) },
    ];
    this.#seed = seed;
    this.#delayMs = delayMs;
    this.#gop = gop;
    this.#sequences = [toSequence(65_500 + seed * 7919), toSequence(32_000 + seed * 6577)];
  }

  /** The camera's time from `fromMs` on, `toMs` left out, in the order of arrival. */
  *between(fromMs: number, toMs: number): Generator<SimulatedPacket> {
    for (let ms = Math.ceil(fromMs / AUDIO_MS) * AUDIO_MS; ms < toMs; ms += AUDIO_MS) {
      if (ms % FRAME_MS === 0) yield this.#make(0, ms);
      yield this.#make(1, ms);
    }
  }

  #make(track: 0 | 1, capturedMs: number): SimulatedPacket {
    const frame = capturedMs / FRAME_MS;
    const isKeyFrame = track === 0 && frame % this.#gop === 0;
    const packet = Buffer.alloc(20);
    packet[0] = 0x80;
    packet[1] = 0x80 | (this.tracks[track]?.payloadType ?? 0);
    packet.writeUInt16BE(this.#sequences[track], 2);
    this.#sequences[track] = addSteps(this.#sequences[track], 1);
    const clockRate = track === 0 ? VIDEO.clockRate : AUDIO.clockRate;
    // So that each leg's timestamps wrap at another time.
    const base = 2 ** 32 - clockRate * (1 + this.#seed);
    packet.writeUInt32BE(toTimestamp(base + (capturedMs * clockRate) / 1000), 4);
    packet.writeUInt32BE(0xcafe0000 + this.#seed * 2 + track, 8);
    packet[12] = isKeyFrame ? 0x65 : 0x41;
    packet.writeUInt32BE(capturedMs, 16);
    return { track, packet, arrivalMs: capturedMs + this.#delayMs, capturedMs, isKeyFrame };
  }
}
