import { expect, test } from 'vitest';
import { gatherCost, type RoundCost } from './figures.ts';

function makeRound(agent: number, encoders: number, ffmpeg: number): RoundCost {
  return {
    cores: { agent, encoders, mediamtx: 0.02, ffmpeg, bareMediamtx: 0.02 },
    ...{ framesPerSecond: 15, bareFramesPerSecond: 15 },
  };
}

test('what a worker costs is its agent, its encoders and its MediaMTX; what it is compared with, FFmpeg and MediaMTX', () => {
  const figures = gatherCost(2, [makeRound(0.04, 0.38, 0.38)]);
  expect(figures).toMatchObject({ renditionsPerCore: 4.55, ffmpegRenditionsPerCore: 5, beyondPercent: 10 });
});

test('each round is compared within itself, and the one in the middle counts', () => {
  const quiet = makeRound(0.02, 0.38, 0.38);
  const busy = makeRound(0.04, 0.76, 0.76);
  const odd = makeRound(0.4, 0.38, 0.38);
  expect(gatherCost(2, [odd, quiet, busy]).beyondPercent).toBe(5.1);
});
