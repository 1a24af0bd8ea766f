import { expect, it } from 'vitest';
import { EncoderGauge, FIGURES_MS } from './encoder-figures.ts';

/** A report a second, at a pace of the source's. */
function report(gauge: EncoderGauge, fromMs: number, toMs: number, pace: number): void {
  for (let atMs = fromMs; atMs <= toMs; atMs += 1_000) {
    const outTimeMs = fromMs + (atMs - fromMs) * pace;
    gauge.noteProgress({ frames: 0, framesPerSecond: 0, outTimeMs, droppedFrames: 0, speed: 1 }, atMs, atMs);
  }
}

it('tells of a speed after 10 s, of one that fell, and of no more than 1', () => {
  const gauge = new EncoderGauge();
  report(gauge, 0, 9_000, 3);
  expect(gauge.figures.speed).toBeUndefined();
  report(gauge, 10_000, 40_000, 1.1);
  expect(gauge.figures).toMatchObject({ speed: 1, tooSlow: false });
  gauge.reset();
  expect(gauge.figures.speed).toBeUndefined();
  report(gauge, 50_000, 80_000, 0.8);
  expect(gauge.figures).toMatchObject({ speed: 0.8, tooSlow: true });
});

it('does not follow the noise of a rate and of a load', () => {
  const gauge = new EncoderGauge();
  const seen = new Set<string>();
  let frames = 0;
  let cpuMs = 0;
  for (let turn = 0; turn < 20; turn += 1) {
    gauge.noteUse(frames, cpuMs, turn * FIGURES_MS);
    if (turn > 0) seen.add(`${gauge.figures.framesPerSecond} ${gauge.figures.cores}`);
    frames += turn % 2 === 0 ? 148 : 153;
    cpuMs += turn % 2 === 0 ? 2_300 : 1_900;
  }
  expect([...seen]).toEqual(['15 0.25']);
  gauge.noteUse(frames + 300, cpuMs + 9_000, 21 * FIGURES_MS);
  expect(gauge.figures).toMatchObject({ framesPerSecond: 22.5, cores: 0.55 });
});
