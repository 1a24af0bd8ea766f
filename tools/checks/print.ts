import type { CheckResult } from './all.ts';

/** One line for a check that passes; what is wrong and how to mend it for one that fails. */
export function printCheck({ name, faults, remedy }: CheckResult): void {
  if (faults.length === 0) {
    console.log(`ok      ${name}`);
    return;
  }
  console.log(`FAILED  ${name}`);
  for (const fault of faults) console.log(fault.replace(/^/gm, '        '));
  console.log(`        to mend it: ${remedy}`);
}
