/**
 * `make bench-scale`: the operator's own program, two replicas, on a real API server with 200 Sites, 1,000 cameras and
 * one relay. Media pods are Pod objects with an agent that is played: what is measured is the operator.
 *
 *     node e2e/bench/scale.ts [--sites 200] [--cameras 5] [--rest 60] [--keep-logs]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../../tools/bundle.ts';
import { ApiServer } from './scale/api-server.ts';
import { formatFigures } from './scale/figures.ts';
import { ScaleRun } from './scale/run.ts';

const { values } = parseArgs({
  options: {
    sites: { type: 'string', default: '200' },
    cameras: { type: 'string', default: '5' },
    rest: { type: 'string', default: '60' },
    'keep-logs': { type: 'boolean', default: false },
  },
});
const root = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'cupola-scale-'));

const program = await bundle('operator');
const server = await ApiServer.start(folder);
const run = new ScaleRun({
  root,
  folder,
  program,
  server,
  sites: Number(values.sites),
  camerasPerSite: Number(values.cameras),
  restSeconds: Number(values.rest),
});
let isDone = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().then(() => process.exit(130)));
}
try {
  const figures = await run.measure();
  console.log(formatFigures(figures));
  const out = path.join(root, 'e2e/bench/out');
  mkdirSync(out, { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  writeFileSync(path.join(out, 'scale.json'), `${JSON.stringify({ machine, ...figures }, null, 2)}\n`);
  isDone = !values['keep-logs'];
} finally {
  await close();
}

async function close(): Promise<void> {
  await run.close();
  await server.close();
  if (isDone) rmSync(folder, { recursive: true, force: true });
  else console.error(`logs of the operator and the API server are in ${folder}`);
}
