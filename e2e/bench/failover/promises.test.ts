import { expect, test } from 'vitest';
import { listBroken } from './promises.ts';
import type { Sample } from './sample.ts';

const KEPT: Sample = {
  ...{ system: 'cupola', tier: 'factory', fault: 'crash', operator: 'up', push: 'rtmp', repetition: 2 },
  ...{ framesLost: 0, broken: 0, gapMs: 50, disconnects: 0, connectMs: 0, connectsFailed: 0 },
  ...{ controlGapMs: 10, isDisturbed: false },
};

test('what is kept is not told, and other systems promise nothing', () => {
  expect(listBroken([KEPT, { ...KEPT, system: 'plain', framesLost: 99 }])).toEqual([]);
});

test.each<[string, Partial<Sample>, string[]]>([
  ['one frame', { framesLost: 1 }, ['1 frames lost, promised are 0']],
  ['a gap of more than two frames beyond the control', { gapMs: 91 }, ['91 gap ms, promised are 90']],
  ['a freeze at a switch of encoders', { push: 'encoders', gapMs: 311 }, ['311 gap ms, promised are 310']],
  ['a distance of legs', { push: 'slow', gapMs: 1_000 }, []],
  ['a camera that reconnects', { push: 'once', framesLost: 9, gapMs: 900, cameraAwayMs: 700 }, []],
  ['a camera that holds on', { push: 'once', framesLost: 9, gapMs: 3_000 }, []],
  [
    'a relay that crashes',
    { tier: 'relay', connectMs: 301 },
    ['301 ms to a new connection, promised are 300'],
  ],
  [
    'the leader on the lost node',
    { tier: 'relay', fault: 'power-cut', operator: 'leader-down', connectMs: 3_400 },
    [],
  ],
  ['a slow return', { tier: 'relay', replayMs: 1_100 }, ['1100 ms to play again, promised are 1000']],
])('%s', (_, changes, broken) => {
  const told = listBroken([{ ...KEPT, ...changes }]);
  expect(told.map((line) => line.split(': ').at(-1))).toEqual(broken);
});
