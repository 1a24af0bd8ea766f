import { describe, expect, it } from 'vitest';
import { type Pace, PaceWindow } from './pace.ts';

/** A report every half second, in which the encoder writes and the source brings so much media time. */
function run(window: PaceWindow, fromMs: number, seconds: number, outRate: number, sourceRate = 1): Pace {
  let pace: Pace = { speed: undefined, isTooSlow: false };
  for (let atMs = fromMs; atMs <= fromMs + seconds * 1_000; atMs += 500) {
    const passed = atMs - fromMs;
    pace = window.add({
      atMs,
      outTimeMs: outStart + passed * outRate,
      sourceTimeMs: sourceStart + passed * sourceRate,
    });
  }
  outStart += seconds * 1_000 * outRate;
  sourceStart += seconds * 1_000 * sourceRate;
  return pace;
}
let outStart = 0;
let sourceStart = 0;

describe('PaceWindow', () => {
  it('says nothing before 10 s, then that an encoder at 0.94 is too slow and one at 0.96 is not', () => {
    expect(run(new PaceWindow(), 0, 9.5, 0.5)).toEqual({ speed: undefined, isTooSlow: false });
    expect(run(new PaceWindow(), 0, 10, 0.94)).toMatchObject({ isTooSlow: true });
    expect(run(new PaceWindow(), 0, 10, 0.96)).toMatchObject({ isTooSlow: false });
  });

  it('sees a slow minute after a day that was not, and its end', () => {
    const window = new PaceWindow();
    run(window, 0, 3600, 1);
    expect(run(window, 3_600_000, 12, 0.8).speed).toBeCloseTo(0.8);
    expect(run(window, 3_612_000, 12, 1)).toMatchObject({ isTooSlow: false });
  });

  it('does not blame the encoder for a source that pauses', () => {
    const window = new PaceWindow();
    run(window, 0, 20, 1);
    expect(run(window, 20_000, 12, 0, 0)).toEqual({ speed: undefined, isTooSlow: false });
    expect(run(window, 32_000, 12, 0.5, 0.5)).toMatchObject({ isTooSlow: false });
  });
});
