import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Child } from './child.ts';
import { countVitest, type Tally, type VitestReport } from './tally.ts';

/** Runs one project of vitest.config.ts; a line a file is shown, and what fails in full. */
export async function runVitest(child: Child, project: string, reportFolder: string): Promise<Tally> {
  const reportFile = path.join(reportFolder, `${project}.json`);
  const isOk = await child.run('node_modules/vitest/vitest.mjs', [
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
  ]);
  const report = existsSync(reportFile)
    ? (JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport)
    : undefined;
  return countVitest(report, isOk);
}
