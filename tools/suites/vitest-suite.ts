import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Child } from './child.ts';
import { listSecondTries, replaceTried } from './second-try.ts';
import { countVitest, type Tally, type VitestReport } from './tally.ts';

interface VitestRun {
  readonly report: VitestReport | undefined;
  readonly isOk: boolean;
}

/** Runs one project of vitest.config.ts; a line a file is shown, and what fails in full. */
export async function runVitest(child: Child, project: string, reportFolder: string): Promise<Tally> {
  const { report, isOk } = await run(child, project, reportFolder);
  return countVitest(report, isOk);
}

/**
 * As `runVitest`, for tests of many programs on a machine that does other things too: the few files in which something
 * failed are tried once more, on their own, and named.
 */
export async function runVitestTwice(child: Child, project: string, reportFolder: string): Promise<Tally> {
  const first = await run(child, project, reportFolder);
  const tally = countVitest(first.report, first.isOk);
  const files = listSecondTries(first.report);
  if (first.report === undefined || files.length === 0 || child.isInterrupted) return tally;
  console.log(`== ${project}: a second try of what failed: ${files.join(', ')}`);
  const second = await run(child, project, reportFolder, files);
  const sum = replaceTried(first.report, files, countVitest(second.report, second.isOk));
  if (sum.failed === 0) console.log(`== ${project}: passed at a second try alone: ${files.join(', ')}`);
  return sum;
}

async function run(
  child: Child,
  project: string,
  reportFolder: string,
  files: readonly string[] = [],
): Promise<VitestRun> {
  const reportFile = path.join(reportFolder, `${project}.json`);
  rmSync(reportFile, { force: true });
  const isOk = await child.run('node_modules/vitest/vitest.mjs', [
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...files,
  ]);
  const report = existsSync(reportFile)
    ? (JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport)
    : undefined;
  return { report, isOk };
}
