/** Whether nothing of a picture came before a packet: told after a loss, of which the packets before may have been. */
import { startsH264Picture } from './h264/picture-start.ts';
import { startsH265Picture } from './h265/picture-start.ts';

/** Of the payload between `start` and `end` of a packet that is the first of its timestamp. */
export type PictureStartTest = (packet: Buffer, start: number, end: number) => boolean;

/** `codec`: as a track names it. Of what is not known, and of AV1, whose packets do not say, it is never sure. */
export function findPictureStartTest(codec: string): PictureStartTest {
  switch (codec) {
    case 'H264':
      return startsH264Picture;
    case 'H265':
      return startsH265Picture;
    default:
      return () => false;
  }
}
