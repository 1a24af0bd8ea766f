import { expect, test } from 'vitest';
import { RtspFraming } from '../../peers/rtsp-framing.ts';
import { Clip, readPictureNumber } from './clip.ts';
import { LOADS } from './load.ts';

test.each(LOADS)('a clip of $name has its bit rate, and numbers its pictures', (load) => {
  const clip = new Clip(load, (bytes) => bytes.fill(1));
  const framing = new RtspFraming();
  let bytes = 0;
  const numbers: (number | undefined)[] = [];
  for (let index = 0; index < load.framesPerSecond * 2; index++) {
    for (const item of framing.push(clip.next())) {
      if (item.kind !== 'frame') throw new Error('a clip has nothing but frames');
      bytes += item.raw.length;
      const number = readPictureNumber(item.raw);
      if (number !== undefined) numbers.push(number);
    }
  }
  expect((bytes * 8) / 2 / load.bitrateBps).toBeCloseTo(1, 1);
  expect(numbers).toEqual(Array.from({ length: load.framesPerSecond * 2 }, (_, index) => index));
});
