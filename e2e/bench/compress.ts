/**
 * `make bench-compress`: what renditions cost, what faults cost their viewers, and how a pool follows its load. Each part
 * alone where asked; what is finished is kept, and a run that was interrupted goes on where it stopped. Needs root.
 *
 *     node e2e/bench/compress.ts [--parts cost,faults,autoscaling] [--fresh]
 *                                [--rounds 5] [--seconds 20]
 *                                [--repetitions 10] [--faults crash,freeze,...] [--operators up,all-down]
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../cluster/progress.ts';
import { benchAutoscaling } from './compress/autoscaling.ts';
import { benchCost } from './compress/cost.ts';
import { OPERATOR_STATES } from './compress/faults/sample.ts';
import { FAULT_NAMES } from './compress/faults/schedule.ts';
import { formatSummary } from './compress/faults/summary.ts';
import { benchFaults } from './compress/faults.ts';
import { Results } from './compress/results.ts';
import { openSite } from './fault-ground/site.ts';
import { isInPodPlace, runInPodPlace } from './processes/pod-place.ts';

const PARTS = ['cost', 'faults', 'autoscaling'] as const;

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: PARTS.join(',') },
    fresh: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '20' },
    repetitions: { type: 'string', default: '10' },
    faults: { type: 'string', default: FAULT_NAMES.join(',') },
    operators: { type: 'string', default: OPERATOR_STATES.join(',') },
  },
});
const out = path.resolve(import.meta.dirname, 'out');
const results = new Results(path.join(out, 'compress'));
if (isInPodPlace()) await measureCost();
else await bench();

/** The cost is measured by this program itself, once more, in a place of its own. */
async function bench(): Promise<void> {
  const parts = listChoice('parts', PARTS);
  const choice = {
    folder: path.join(out, 'compress'),
    repetitions: Number(values.repetitions),
    faults: listChoice('faults', FAULT_NAMES),
    operators: listChoice('operators', OPERATOR_STATES),
    fresh: values.fresh,
  };
  if (parts.includes('cost')) process.exitCode = await runInPodPlace();
  if (parts.includes('faults') || parts.includes('autoscaling')) {
    const site = await openSite();
    if (parts.includes('faults')) {
      const rows = await benchFaults(site, choice);
      results.keep('rows', rows);
      writeFileSync(path.join(out, 'compress.md'), formatSummary(rows));
    }
    if (parts.includes('autoscaling'))
      results.keep('autoscaling', await benchAutoscaling(path.join(out, 'autoscaling.svg')));
  }
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const file = path.join(out, 'compress.json');
  results.write(file, { machine });
  say(`wrote ${file}`);
}

async function measureCost(): Promise<void> {
  const figures = await benchCost({ rounds: Number(values.rounds), seconds: Number(values.seconds) });
  const { renditionsPerCore, ffmpegRenditionsPerCore } = figures;
  results.keep('renditionsPerCore', renditionsPerCore);
  results.keep('ffmpegRenditionsPerCore', ffmpegRenditionsPerCore);
  results.keep('cost', figures);
}

/** The names of an option, each of which must be known. */
function listChoice(option: 'parts' | 'faults' | 'operators', known: readonly string[]): string[] {
  const names = values[option].split(',');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  throw new RangeError(`--${option} ${unknown.join(',')}: there are ${known.join(', ')}`);
}
