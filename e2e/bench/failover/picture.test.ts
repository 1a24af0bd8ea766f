import { expect, test } from 'vitest';
import { drawGaps, place } from './picture.ts';
import type { Row } from './rows.ts';

const figure = (p50: number, max: number) => ({ p50, max });
const ROW: Row = {
  ...{ system: 'cupola', tier: 'factory', fault: 'power-cut', push: 'rtmp', operator: 'up' },
  ...{ repetitions: 3, disturbed: 0, framesLost: figure(0, 0), broken: figure(0, 0) },
  ...{ gapMs: figure(20, 40), disconnects: figure(0, 0), connectMs: figure(0, 0) },
  ...{ connectsFailed: figure(0, 0), controlGapMs: figure(10, 10) },
};

test('each decade of time is as wide as the others, and nothing leaves the scale', () => {
  expect(place(1_000) - place(100)).toBeCloseTo(place(10_000) - place(1_000), 0);
  expect([place(0), place(1e9)]).toEqual([place(10), place(100_000)]);
});

test('a line goes from p50 to max, under its fault, in the system named by its class', () => {
  const svg = drawGaps([ROW, { ...ROW, system: 'plain', gapMs: figure(9_000, 12_000) }], 'rtmp');
  expect(svg).toContain('>power cut</text>');
  expect(svg).toContain(`<line x1="${place(20)}" x2="${place(40)}"`);
  expect(svg).toContain('<g class="plain"><title>MediaMTX pair, Service: p50 9000 ms, max 12000 ms</title>');
});

test('other kinds of push and other states of the operator are left out', () => {
  const svg = drawGaps(
    [
      { ...ROW, push: 'srt' },
      { ...ROW, operator: 'all-down' },
    ],
    'rtmp',
  );
  expect(svg).not.toContain('power cut');
});
