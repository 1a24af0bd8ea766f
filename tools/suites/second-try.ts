import { addTallies, countVitest, type Tally, type VitestReport } from './tally.ts';

/** More files than this do not fail because the machine was busy. */
const MOST_FILES = 2;

/** Paths of the files with a failure, where it may be the machine's; none where it is not in a file, or in too many. */
export function listSecondTries(report: VitestReport | undefined): string[] {
  const failed = (report?.testResults ?? []).filter(({ status }) => status === 'failed');
  return failed.length > MOST_FILES ? [] : failed.map(({ name }) => name);
}

/** The first run's tally with what its second try counted in place of these files. */
export function replaceTried(first: VitestReport, files: readonly string[], second: Tally): Tally {
  const kept = first.testResults.filter(({ name }) => !files.includes(name));
  const passed = kept.flatMap(({ assertionResults }) => assertionResults);
  const numPassedTests = passed.filter(({ status }) => status === 'passed').length;
  return addTallies([countVitest({ numPassedTests, numFailedTests: 0, testResults: kept }, true), second]);
}
