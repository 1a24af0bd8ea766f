import { expect, test } from 'vitest';
import type { Row } from './rows.ts';
import { formatSummary } from './summary.ts';

const figure = (p50: number, max = p50) => ({ p50, max });
const ROW: Row = {
  ...{ system: 'cupola', tier: 'worker', fault: 'power-cut', redundancy: 'Warm', rendition: 'warm' },
  ...{
    operator: 'all-down',
    repetitions: 3,
    framesLost: figure(20, 31),
    broken: figure(0),
    repeated: figure(0),
  },
  ...{ gapMs: figure(1_100, 1_350), disconnects: figure(0), connectMs: figure(0), connectsFailed: figure(0) },
  ...{ controlGapMs: figure(40), controlLost: figure(0), idle: 0.5 },
};

test('each rendition has a column, each fault a line', () => {
  const hot: Row = { ...ROW, rendition: 'hot', redundancy: 'Hot', framesLost: figure(0), broken: figure(1) };
  expect(formatSummary([hot, ROW])).toBe(
    [
      '| fault | Hot | Warm | the original beside | n |',
      '| --- | --- | --- | --- | --- |',
      '| power cut (operator all down) | 0 lost, frozen 1.1 s to 1.4 s, 1 corrupt | 20 to 31 lost, frozen 1.1 s to 1.4 s | 0 lost, 40 ms | 3 |',
      '',
    ].join('\n'),
  );
});
