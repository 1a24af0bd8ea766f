import { expect, test } from 'vitest';
import { listSecondTries, replaceTried } from './second-try.ts';
import type { VitestReport } from './tally.ts';

function report(files: Record<string, string[]>): VitestReport {
  const testResults = Object.entries(files).map(([name, statuses]) => ({
    name,
    status: statuses.includes('failed') || statuses.length === 0 ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  }));
  const count = (wanted: string) =>
    Object.values(files)
      .flat()
      .filter((status) => status === wanted).length;
  return { numPassedTests: count('passed'), numFailedTests: count('failed'), testResults };
}

const OK = ['passed', 'passed'];

test.each([
  ['a file with a failed test', { '/a': ['passed', 'failed'], '/b': OK }, ['/a']],
  ['a file that could not begin', { '/a': [], '/b': OK }, ['/a']],
  ['nothing where all passed', { '/a': OK }, []],
  ['nothing where much failed', { '/a': ['failed'], '/b': ['failed'], '/c': ['failed'] }, []],
])('%s is tried again', (_, files, again) => {
  expect(listSecondTries(report(files))).toEqual(again);
});

test('a run that ended without a report is not tried again', () => {
  expect(listSecondTries(undefined)).toEqual([]);
});

test("what a second try counts stands in the file's place", () => {
  const first = report({ '/a': ['passed', 'failed'], '/b': OK });
  expect(replaceTried(first, ['/a'], { passed: 2, failed: 0 })).toEqual({ passed: 4, failed: 0 });
  expect(replaceTried(first, ['/a'], { passed: 1, failed: 1 })).toEqual({ passed: 3, failed: 1 });
});
