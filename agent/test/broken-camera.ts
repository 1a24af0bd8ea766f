import { PublishSession } from '../src/rtsp/publish-session.ts';
import { makeRun } from './packet-runs.ts';

const TRACK = {
  kind: 'video',
  codec: 'H264',
  payloadType: 96,
  clockRate: 90_000,
  rtpmap: 'H264/90000',
  fmtp: 'packetization-mode=1',
  control: '',
} as const;
const FRAME_MS = 40;
const FRAME_TICKS = 3_600;
const IDR = 0x65;
const SLICE = 0x61;

/** A camera of H.264 that nobody can decode: its pictures refer to parameter sets that never come. */
export class BrokenCamera {
  readonly #session: PublishSession;
  #timer: NodeJS.Timeout | undefined;
  #pictures = 0;

  constructor(url: string) {
    this.#session = new PublishSession({ url, tracks: [TRACK] });
  }

  /** Resolves when it sends. */
  async start(): Promise<void> {
    await this.#session.start();
    this.#timer = setInterval(() => this.#send(), FRAME_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#session.close();
  }

  #send(): void {
    const n = this.#pictures++;
    const packet = Buffer.alloc(1_000, n % 251);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(0x80 | TRACK.payloadType, 1);
    packet.writeUInt16BE(n & 0xffff, 2);
    packet.writeUInt32BE((n * FRAME_TICKS) >>> 0, 4);
    packet.writeUInt32BE(7, 8);
    packet.writeUInt8(n % 25 === 0 ? IDR : SLICE, 12);
    this.#session.write(0, makeRun(packet));
  }
}
