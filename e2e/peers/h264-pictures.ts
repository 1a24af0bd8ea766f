import { createHash } from 'node:crypto';

/** RFC 6184: one NAL unit alone; several together; one in fragments. */
const FIRST_PICTURE_TYPE = 1;
const KEY_PICTURE_TYPE = 5;
const STAP_A = 24;
const FU_A = 28;

/**
 * Coded pictures out of the RTP packets of one H.264 track, each as the hash that a simulated camera tells of it:
 * of its slices with start codes in front (Annex B), without parameter sets, delimiters and SEI. Those before the
 * first key picture, which nobody could show, are left out.
 */
export class H264Pictures {
  #slices: Buffer[] = [];
  #fragments: Buffer[] = [];
  #hasBegun = false;

  /** Takes an RTP packet without extensions; gives the picture's hash with its last packet (marker bit). */
  push(rtp: Buffer): string | undefined {
    const payload = rtp.subarray(12);
    const type = payload.readUInt8(0) & 0x1f;
    if (type === STAP_A) this.#takeTogether(payload);
    else if (type === FU_A) this.#takeFragment(payload);
    else this.#takeUnit(payload);
    const isLast = (rtp.readUInt8(1) & 0x80) !== 0;
    return isLast ? this.#finish() : undefined;
  }

  #takeTogether(payload: Buffer): void {
    for (let at = 1; at + 2 < payload.length; ) {
      const length = payload.readUInt16BE(at);
      this.#takeUnit(payload.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }

  #takeFragment(payload: Buffer): void {
    const header = payload.readUInt8(1);
    const isFirst = (header & 0x80) !== 0;
    const isLast = (header & 0x40) !== 0;
    if (isFirst) this.#fragments = [Buffer.from([(payload.readUInt8(0) & 0xe0) | (header & 0x1f)])];
    this.#fragments.push(payload.subarray(2));
    if (isLast) this.#takeUnit(Buffer.concat(this.#fragments));
  }

  #takeUnit(unit: Buffer): void {
    const type = unit.readUInt8(0) & 0x1f;
    if (type < FIRST_PICTURE_TYPE || type > KEY_PICTURE_TYPE) return;
    this.#hasBegun ||= type === KEY_PICTURE_TYPE;
    if (this.#hasBegun) this.#slices.push(unit);
  }

  #finish(): string | undefined {
    if (this.#slices.length === 0) return undefined;
    const hash = createHash('md5');
    for (const [index, slice] of this.#slices.entries()) {
      hash.update(index === 0 ? '\0\0\0\x01' : '\0\0\x01').update(slice);
    }
    this.#slices = [];
    return hash.digest('hex');
  }
}
