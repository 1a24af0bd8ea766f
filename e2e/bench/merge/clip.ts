/**
 * A camera's pictures as the bytes that travel on an RTSP connection: FU-A fragments (RFC 6184 section 5.8) of random
 * bytes in interleaved frames. The last packet of a picture carries its number, so that no two pictures are alike and
 * a reader can tell which one it has.
 *
 *     '$' channel length | RTP header, 12 bytes | FU indicator, FU header | picture number, 4 bytes | random bytes
 */
import { GOP_SECONDS, type Load } from './load.ts';

const CLOCK_RATE = 90_000;
const PAYLOAD_TYPE = 96;
const FRAGMENT_BYTES = 1_400;
const FRAME_HEADER_BYTES = 4;
const RTP_HEADER_BYTES = 12;
const FU_HEADER_BYTES = 2;
const NUMBER_AT = FRAME_HEADER_BYTES + RTP_HEADER_BYTES + FU_HEADER_BYTES;
/** A key frame is so many times as large as another picture. */
const KEY_FRAME_WEIGHT = 8;
/** Of a 1080p encoder; no one decodes here. */
const SPS = Buffer.from('67640028acd940780227e584000003000400000300f03c60c658', 'hex');
const PPS = Buffer.from('68ebe3cb22c0', 'hex');

export const CLIP_SDP = [
  'v=0',
  'o=- 0 0 IN IP4 127.0.0.1',
  's=clip',
  'c=IN IP4 0.0.0.0',
  't=0 0',
  `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
  `a=rtpmap:${PAYLOAD_TYPE} H264/${CLOCK_RATE}`,
  `a=fmtp:${PAYLOAD_TYPE} packetization-mode=1;sprop-parameter-sets=${SPS.toString('base64')},${PPS.toString('base64')}`,
  'a=control:trackID=0',
  '',
].join('\r\n');

interface Picture {
  readonly bytes: Buffer;
  /** Where each interleaved frame begins. */
  readonly frames: readonly number[];
}

/** Gives one picture after the other, each in memory of its own. */
export class Clip {
  readonly #load: Load;
  readonly #key: Picture;
  readonly #other: Picture;
  #number = 0;
  #sequence = 0;

  /** `random`: fills a buffer; clips of other random bytes are other encodings. */
  constructor(load: Load, random: (bytes: Buffer) => void) {
    this.#load = load;
    const pictures = load.framesPerSecond * GOP_SECONDS;
    const unit = (load.bitrateBps * GOP_SECONDS) / 8 / (pictures - 1 + KEY_FRAME_WEIGHT);
    this.#key = makePicture(Math.round(unit * KEY_FRAME_WEIGHT), true, random);
    this.#other = makePicture(Math.round(unit), false, random);
  }

  next(): Buffer {
    const isKey = this.#number % (this.#load.framesPerSecond * GOP_SECONDS) === 0;
    const { bytes, frames } = isKey ? this.#key : this.#other;
    const picture = Buffer.from(bytes);
    const timestamp = (this.#number * CLOCK_RATE) / this.#load.framesPerSecond;
    for (const at of frames) {
      picture.writeUInt16BE(this.#sequence++ & 0xffff, at + FRAME_HEADER_BYTES + 2);
      picture.writeUInt32BE(timestamp >>> 0, at + FRAME_HEADER_BYTES + 4);
    }
    picture.writeUInt32BE(this.#number, (frames.at(-1) ?? 0) + NUMBER_AT);
    this.#number++;
    return picture;
  }
}

/** The picture's number where the interleaved frame ends one. */
export function readPictureNumber(frame: Buffer): number | undefined {
  const isMarked = frame.length >= NUMBER_AT + 4 && (frame.readUInt8(FRAME_HEADER_BYTES + 1) & 0x80) !== 0;
  return isMarked ? frame.readUInt32BE(NUMBER_AT) : undefined;
}

function makePicture(length: number, isKey: boolean, random: (bytes: Buffer) => void): Picture {
  const pieces: Buffer[] = [];
  const frames: number[] = [];
  let at = 0;
  const add = (payload: Buffer, isLast: boolean) => {
    const header = Buffer.alloc(FRAME_HEADER_BYTES + RTP_HEADER_BYTES);
    header.writeUInt8(0x24, 0);
    header.writeUInt16BE(RTP_HEADER_BYTES + payload.length, 2);
    header.writeUInt8(0x80, FRAME_HEADER_BYTES);
    header.writeUInt8((isLast ? 0x80 : 0) | PAYLOAD_TYPE, FRAME_HEADER_BYTES + 1);
    header.writeUInt32BE(0x43_4c_49_50, FRAME_HEADER_BYTES + 8);
    pieces.push(header, payload);
    frames.push(at);
    at += header.length + payload.length;
  };
  if (isKey) for (const set of [SPS, PPS]) add(set, false);
  const fragments = Math.ceil(length / FRAGMENT_BYTES);
  for (let index = 0; index < fragments; index++) {
    const payload = Buffer.alloc(FU_HEADER_BYTES + FRAGMENT_BYTES);
    random(payload);
    const isLast = index === fragments - 1;
    payload.writeUInt8(0x7c, 0);
    payload.writeUInt8((index === 0 ? 0x80 : 0) | (isLast ? 0x40 : 0) | (isKey ? 5 : 1), 1);
    add(payload, isLast);
  }
  return { bytes: Buffer.concat(pieces), frames };
}
