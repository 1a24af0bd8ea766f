import { expect, test } from 'vitest';
import { makeRows } from './rows.ts';
import type { Sample } from './sample.ts';

const SAMPLE: Sample = {
  system: 'cupola',
  tier: 'factory',
  fault: 'crash',
  operator: 'up',
  push: 'rtmp',
  repetition: 1,
  framesLost: 0,
  broken: 0,
  gapMs: 12,
  disconnects: 0,
  connectMs: 0,
  connectsFailed: 0,
  controlGapMs: 5,
  isDisturbed: false,
};

test('the repetitions of one system, fault, push and operator state are one row', () => {
  const again = { ...SAMPLE, repetition: 2, gapMs: 30, resumeMs: 700, isDisturbed: true };
  const [row, other, ...none] = makeRows([SAMPLE, { ...SAMPLE, system: 'plain' }, again]);
  expect(row).toMatchObject({
    system: 'cupola',
    repetitions: 2,
    disturbed: 1,
    gapMs: { p50: 12, max: 30 },
    resumeMs: { p50: 700, max: 700 },
  });
  expect(other).toMatchObject({ system: 'plain', repetitions: 1 });
  expect(other?.resumeMs).toBeUndefined();
  expect(none).toEqual([]);
});
