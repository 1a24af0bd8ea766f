import { expect, test } from 'vitest';
import { listBroken } from './promises.ts';
import { makeRows } from './rows.ts';
import type { Sample } from './sample.ts';

const SAMPLE: Sample = {
  ...{ rendition: 'warm', redundancy: 'Warm', fault: 'crash', operator: 'up', repetition: 1 },
  ...{ framesLost: 20, broken: 0, repeated: 0, gapMs: 1_100, disconnects: 0 },
  ...{ connectMs: 0, connectsFailed: 0, controlGapMs: 30, controlLost: 0, idle: 0.5 },
};

test('the repetitions of one fault, rendition and operator state are one row', () => {
  const again = { ...SAMPLE, repetition: 2, gapMs: 1_300, idle: 0.7 };
  const [row, other, ...none] = makeRows([SAMPLE, { ...SAMPLE, rendition: 'hot' }, again]);
  expect(row).toMatchObject({ repetitions: 2, gapMs: { p50: 1_100, max: 1_300 }, idle: 0.5 });
  expect(other).toMatchObject({ rendition: 'hot', repetitions: 1 });
  expect(none).toEqual([]);
});

test.each([
  { what: 'a standby that starts', sample: {}, broken: [] },
  { what: 'no standby', sample: { gapMs: 2_100 }, broken: ['2100 gap ms, promised are 2030'] },
  {
    what: 'two encoders',
    sample: { redundancy: 'Hot', gapMs: 331, broken: 2 },
    broken: ['2 corrupt pictures, promised are 0', '331 gap ms, promised are 330'],
  },
  {
    what: 'planned work',
    sample: { fault: 'drain' },
    broken: ['20 frames lost, promised are 0', '1100 gap ms, promised are 110'],
  },
] as const)('what was not kept is told: $what', ({ sample, broken }) => {
  const told = listBroken([{ ...SAMPLE, ...sample }]);
  expect(told.map((line) => line.slice(line.indexOf(': ') + 2))).toEqual(broken);
});
