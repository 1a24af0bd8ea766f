/**
 * `make test`: every suite, from what is known without running anything to the real cluster, and one closing line.
 *
 *     node tools/test.ts                                    all; the cluster is taken down in the end
 *     node tools/test.ts check|unit|integration|e2e         one; the cluster stays for the next look
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkoutKey, stateFolder } from '../e2e/cluster/folders.ts';
import { checkMachine } from '../e2e/cluster/preflight.ts';
import { runChecks } from './checks/all.ts';
import { printCheck } from './checks/print.ts';
import { Child } from './suites/child.ts';
import { addTallies, formatTally, type Tally } from './suites/tally.ts';
import { runVitest, runVitestTwice } from './suites/vitest-suite.ts';

const root = path.dirname(import.meta.dirname);
const reports = mkdtempSync(path.join(tmpdir(), 'cupola-test-'));
const child = new Child(root);

const SUITES: Readonly<Record<string, () => Promise<Tally>>> = {
  check: async () => {
    const results = await runChecks(root, printCheck);
    const failed = results.filter(({ faults }) => faults.length > 0).length;
    return { passed: results.length - failed, failed };
  },
  unit: () => runVitest(child, 'unit', reports),
  integration: () => runOnMachine('integration'),
  e2e: () => runOnMachine('e2e'),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.interrupt());

const isAll = wanted.length === 0;
const tallies: Tally[] = [];
try {
  for (const name of isAll ? Object.keys(SUITES) : wanted) {
    if (!child.isInterrupted) tallies.push(await runSuite(name));
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
  if (isAll) {
    const isDown = await child.cleanUp('e2e/cluster/cli.ts', ['down']);
    if (!isDown) tallies.push({ passed: 0, failed: 1 });
  }
}

if (child.isInterrupted) console.log('interrupted: what did not run is not counted');
const sum = addTallies(tallies);
process.exitCode = child.isInterrupted ? 130 : sum.failed > 0 ? 1 : 0;
console.log(formatTally(sum));

async function runSuite(name: string): Promise<Tally> {
  console.log(`\n== ${name}`);
  const startedMs = performance.now();
  const tally = await (SUITES[name]?.() ?? Promise.reject(new RangeError(name))).catch((error: Error) => {
    console.error(error.message);
    return { passed: 0, failed: 1 };
  });
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  console.log(`== ${name}: ${formatTally(tally)} in ${seconds} s`);
  return tally;
}

/** For what needs root and programs of the machine: installs them, or says what is missing. */
async function runOnMachine(project: string): Promise<Tally> {
  await checkMachine(stateFolder(checkoutKey(root)));
  return runVitestTwice(child, project, reports);
}
