/** Where a reader of a track can begin, by its codec. */
import { startsAv1KeyFrame } from './av1/key-frame.ts';
import { startsH264KeyFrame } from './h264/key-frame.ts';
import { startsH265KeyFrame } from './h265/key-frame.ts';

/** Whether a decoder can begin with the payload between `start` and `end` of the packet. */
export type KeyFrameTest = (packet: Buffer, start: number, end: number) => boolean;

/** `codec`: as a track names it. Audio, and what is not known, begins with any packet that carries something. */
export function findKeyFrameTest(codec: string): KeyFrameTest {
  switch (codec) {
    case 'H264':
      return startsH264KeyFrame;
    case 'H265':
      return startsH265KeyFrame;
    case 'AV1':
      return startsAv1KeyFrame;
    default:
      return (_packet, start, end) => end > start;
  }
}
