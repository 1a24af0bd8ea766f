/** `make check`: everything that can be known of the project without running it. */
import path from 'node:path';
import { runChecks } from './checks/all.ts';
import { printCheck } from './checks/print.ts';

const results = await runChecks(path.dirname(import.meta.dirname), printCheck);
const failed = results.filter(({ faults }) => faults.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
