import { expect, test } from 'vitest';
import { measureConnects } from './connect-figures.ts';
import type { ConnectAttempt } from './recording.ts';

const WINDOW = { faultMs: 1_000, endMs: 9_000 };

function attempt(startedMs: number, endedMs: number, isOk: boolean): ConnectAttempt {
  return { startedMs, endedMs, isOk };
}

test.each([
  ['none fails', [attempt(1_050, 1_060, true), attempt(1_150, 1_160, true)], 0, 0],
  [
    'the first ones fail: from the fault to the first success',
    [attempt(1_050, 2_050, false), attempt(1_150, 1_160, false), attempt(1_250, 1_270, true)],
    270,
    2,
  ],
  [
    'some fail later: from the last success before them',
    [attempt(3_000, 3_010, true), attempt(3_100, 3_110, false), attempt(3_200, 3_230, true)],
    230,
    1,
  ],
  ['all fail: until the end', [attempt(1_050, 2_050, false)], 8_000, 1],
  ['one of before the fault does not count', [attempt(900, 1_900, false), attempt(1_100, 1_110, true)], 0, 0],
])('%s', (_, attempts, connectMs, connectsFailed) => {
  expect(measureConnects(attempts, WINDOW)).toEqual({ connectMs, connectsFailed });
});
