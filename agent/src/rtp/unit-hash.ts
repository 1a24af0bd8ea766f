/**
 * What tells one access unit from another: a hash of its coded picture or samples alone, so that two servers' copies
 * of it are equal however each packed them and whatever parameter sets, delimiters or SEI each put beside.
 */
import { crc32 } from 'node:zlib';
import { hashAv1Payload } from './av1/unit-hash.ts';
import { hashH264Payload } from './h264/unit-hash.ts';
import { hashH265Payload } from './h265/unit-hash.ts';

const LENGTH_SPAN = 2 ** 21;
/**
 * A call of crc32 costs as much as a kilobyte of its work, so the parts are gathered before. A packet, at most 65,535
 * bytes, always fits.
 */
const GATHERED_BYTES = 64 * 1024;

/** The hash of a unit while its packets come; to be `reset` and used again. */
export class UnitHash {
  readonly #gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES);
  #gatheredBytes = 0;
  #crc = 0;
  #bytes = 0;
  /** Of a codec whose units go on in the next packet: whether what goes on is left out. */
  isLeavingOut = false;

  reset(): void {
    this.#gatheredBytes = 0;
    this.#crc = 0;
    this.#bytes = 0;
    this.isLeavingOut = false;
  }

  /** Takes in a part of the picture, and before it `type`, which stands for a header that servers may write differently. */
  add(packet: Buffer, start: number, end: number, type = 0): void {
    const length = end - start;
    if (this.#gatheredBytes + length + 1 > GATHERED_BYTES) this.#flush();
    if (type !== 0) this.#gathered[this.#gatheredBytes++] = type;
    packet.copy(this.#gathered, this.#gatheredBytes, start, end);
    this.#gatheredBytes += length;
    this.#bytes += length;
  }

  #flush(): void {
    if (this.#gatheredBytes > 0)
      this.#crc = crc32(this.#gathered.subarray(0, this.#gatheredBytes), this.#crc);
    this.#gatheredBytes = 0;
  }

  /** 0 while nothing of a picture came; else an integer below 2^53. */
  get identity(): number {
    this.#flush();
    return this.#bytes === 0 ? 0 : this.#crc * LENGTH_SPAN + (this.#bytes % LENGTH_SPAN);
  }
}

/** Takes in the payload between `start` and `end` of a packet. */
export type HashPayload = (hash: UnitHash, packet: Buffer, start: number, end: number) => void;

/** `codec`: as a track names it. Of audio, and of what is not known, the payload is taken whole. */
export function findPayloadHash(codec: string): HashPayload {
  switch (codec) {
    case 'H264':
      return hashH264Payload;
    case 'H265':
      return hashH265Payload;
    case 'AV1':
      return hashAv1Payload;
    default:
      return (hash, packet, start, end) => hash.add(packet, start, end);
  }
}
