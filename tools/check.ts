/** `make check`: everything that can be known of the project without running it. */
import path from 'node:path';
import { type CheckResult, runChecks } from './checks/all.ts';

function print({ name, faults, remedy }: CheckResult): void {
  if (faults.length === 0) {
    console.log(`ok      ${name}`);
    return;
  }
  console.log(`FAILED  ${name}`);
  for (const fault of faults) console.log(fault.replace(/^/gm, '        '));
  console.log(`        to mend it: ${remedy}`);
}

const results = await runChecks(path.dirname(import.meta.dirname), print);
const failed = results.filter((result) => result.faults.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
