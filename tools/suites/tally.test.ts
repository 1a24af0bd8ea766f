import { expect, test } from 'vitest';
import { addTallies, countVitest, formatTally } from './tally.ts';

test('tallies of all suites make one closing line', () => {
  const sum = addTallies([
    { passed: 11, failed: 0 },
    { passed: 300, failed: 2 },
  ]);
  expect(formatTally(sum)).toBe('311 passed, 2 failed');
});

const FILE = { name: '/x.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] };

test.each([
  ['a good run', { numPassedTests: 5, numFailedTests: 0, testResults: [FILE] }, true, 5, 0],
  ['a failed test', { numPassedTests: 4, numFailedTests: 1, testResults: [FILE] }, false, 4, 1],
  [
    'a file that cannot be loaded',
    {
      numPassedTests: 5,
      numFailedTests: 0,
      testResults: [FILE, { name: '/y.test.ts', status: 'failed', assertionResults: [] }],
    },
    false,
    5,
    1,
  ],
  ['an error outside all tests', { numPassedTests: 5, numFailedTests: 0, testResults: [FILE] }, false, 5, 1],
  ['no report at all', undefined, false, 0, 1],
])('%s is counted', (_, report, isOk, passed, failed) => {
  expect(countVitest(report, isOk)).toEqual({ passed, failed });
});
