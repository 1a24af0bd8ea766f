import { describe, expect, it } from 'vitest';
import { videoSchema } from '../api/profile.ts';
import { resolveEncoding } from './encoding.ts';
import { estimateCost } from './encoding-cost.ts';
import { calibrateEstimates, correctCost } from './observed-cost.ts';

const SOURCE = { width: 1920, height: 1080, framesPerSecond: 15, bitrateBps: 4_000_000 };

function estimate(video: object, source = SOURCE) {
  return estimateCost(resolveEncoding({ video: videoSchema.parse(video) }), source);
}

describe('the estimate of a cost', () => {
  it.each([
    { video: { height: 360, framesPerSecond: 10 }, measured: 0.11 },
    { video: { speed: 'ultrafast' }, measured: 0.14 },
    { video: { speed: 'superfast' }, measured: 0.17 },
    { video: {}, measured: 0.2 },
    { video: { codec: 'H265', speed: 'ultrafast' }, measured: 0.31 },
  ])('is within a tenth of what was measured: $video', ({ video, measured }) => {
    const { cores } = estimate(video);
    expect(cores / measured).toBeGreaterThan(0.9);
    expect(cores / measured).toBeLessThan(1.1);
  });

  it('counts no picture larger nor faster than the source, and a GPU for next to nothing', () => {
    const small = { ...SOURCE, width: 640, height: 360 };
    expect(estimate({ height: 2160, framesPerSecond: 60 }, small)).toEqual(estimate({ height: 360 }, small));
    expect(estimate({ height: 2160, hardware: 'NVENC' }).cores).toBeLessThan(0.05);
  });

  it('counts the network twice, since both sides send and take', () => {
    expect(estimate({ bitrateKbps: 1000 }).networkBps).toBe(2 * 5_000_000);
  });
});

describe('the correction of a cost', () => {
  it('is what an encoder uses, and for others follows those that run, the more the surer', () => {
    expect(correctCost(0.2, 0.3, 5)).toBeCloseTo(0.3);
    expect(calibrateEstimates([])).toBe(1);
    const use = { estimatedCores: 0.2, usedCores: 0.4 };
    const few = calibrateEstimates([use]);
    const many = calibrateEstimates(Array.from({ length: 100 }, () => use));
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThan(1.2);
    expect(many).toBeCloseTo(2, 0);
    expect(correctCost(0.2, undefined, many)).toBeCloseTo(0.2 * many);
  });

  it('is bounded: an encoder that idles for want of a source is no free one', () => {
    expect(correctCost(0.4, 0.0001, 1)).toBeCloseTo(0.1);
    expect(calibrateEstimates([{ estimatedCores: 0.2, usedCores: 0 }])).toBe(1);
  });
});
