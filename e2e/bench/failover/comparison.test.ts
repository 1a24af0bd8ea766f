import { expect, test } from 'vitest';
import { formatComparison } from './comparison.ts';
import type { Row } from './rows.ts';

const figure = (p50: number, max = p50) => ({ p50, max });
const ROW: Row = {
  ...{ system: 'cupola', tier: 'factory', fault: 'power-cut', push: 'rtsp', operator: 'up' },
  ...{ repetitions: 3, disturbed: 0, framesLost: figure(0), broken: figure(0), gapMs: figure(20, 40) },
  ...{ disconnects: figure(0), connectMs: figure(0), connectsFailed: figure(0), controlGapMs: figure(10) },
};

test('a line a fault and a column a system; what a system does not know stays empty', () => {
  const plain = { ...ROW, system: 'plain', framesLost: figure(20, 324), gapMs: figure(900, 9_900) } as const;
  const rows = [
    ROW,
    { ...plain, disconnects: figure(1) },
    { ...ROW, fault: 'failback', tier: 'relay' } as const,
  ];
  expect(formatComparison(rows, 'rtsp').split('\n')).toEqual([
    '| fault | Cupola | MediaMTX pair, Service |',
    '| --- | --- | --- |',
    '| factory: power cut | 0 lost, gap 20 ms to 40 ms (control 10 ms) | 20 to 324 lost, gap 900 ms to 9.9 s (control 10 ms), disconnected |',
    '| relay: failback | 0 lost, gap 20 ms to 40 ms (control 10 ms), new: 0 ms |  |',
    '',
  ]);
});
