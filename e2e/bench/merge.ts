/**
 * `make bench-merge`: what joining two legs costs. The agent's own bundle beside MediaMTX relaying the same streams and
 * beside the floor, a Node program that only moves the same bytes; in turn, in short rounds, so that what else the
 * machine does meets all three. Needs root, for a place of its own.
 *
 *     node e2e/bench/merge.ts [--rounds 3] [--seconds 8]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../../tools/bundle.ts';
import { formatFigures, gatherFigures, type MergeFigures } from './merge/figures.ts';
import { LOADS, type Load } from './merge/load.ts';
import type { Measured } from './merge/measure.ts';
import { type AgentMeasured, MergeRun } from './merge/run.ts';
import { isInPodPlace, runInPodPlace } from './processes/pod-place.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '8' } },
});
const seconds = Number(values.seconds);
const root = path.resolve(import.meta.dirname, '../..');

if (isInPodPlace()) await bench();
else process.exitCode = await runInPodPlace();

async function bench(): Promise<void> {
  const program = await bundle('agent');
  const figures: MergeFigures[] = [];
  for (const load of LOADS) {
    const run = new MergeRun({ root, program, load, seconds });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void run.close().then(() => process.exit(130)));
    }
    try {
      figures.push(await measureLoad(run, load));
    } finally {
      await run.close();
    }
  }
  console.log(formatFigures(figures));
  const out = path.join(root, 'e2e/bench/out');
  mkdirSync(out, { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const { rounds } = values;
  const result = { machine, rounds: Number(rounds), seconds, rows: figures };
  writeFileSync(path.join(out, 'merge.json'), `${JSON.stringify(result, null, 2)}\n`);
}

async function measureLoad(run: MergeRun, load: Load): Promise<MergeFigures> {
  await run.start();
  const agent: AgentMeasured[] = [];
  const mediamtx: Measured[] = [];
  const floor: Measured[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    agent.push(await run.measureAgent(load.cameras, 'b'));
    mediamtx.push(await run.measureMediamtx(load.cameras));
    floor.push(await run.measureFloor(load.cameras));
  }
  const merge40 = await run.measureAgent(40, 'b');
  const switch40 = await run.measureAgent(40, 'c');
  await run.useLightSource();
  const merge200 = await run.measureAgent(200, 'b');
  return gatherFigures(load, seconds, { agent, mediamtx, floor, merge40, switch40, merge200 });
}
