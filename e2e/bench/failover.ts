/**
 * `make bench-failover`: Cupola, and a MediaMTX pair behind a Service and behind HAProxy, on one cluster, with the same
 * cameras, the same readers and the same faults. What is finished is kept: a run that was interrupted goes on where it
 * stopped.
 *
 *     node e2e/bench/failover.ts [--repetitions 3] [--tiers factory,relay] [--faults crash,freeze,...]
 *                                [--operators up,leader-down,all-down] [--systems cupola,plain,...] [--fresh]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { haproxyImage } from '../cluster/image-recipes.ts';
import { say } from '../cluster/progress.ts';
import { formatComparison } from './failover/comparison.ts';
import { Ground } from './failover/ground.ts';
import { type JournalEntry, journalEntrySchema } from './failover/journal-entry.ts';
import { drawGaps } from './failover/picture.ts';
import { listBroken } from './failover/promises.ts';
import { makeRows } from './failover/rows.ts';
import { runRepetition } from './failover/run.ts';
import { FIELDS, OPERATOR_STATES, SYSTEMS, type System, TIERS } from './failover/sample.ts';
import { FAULT_NAMES, listCases, nameCase } from './failover/schedule.ts';
import { formatTable } from './failover/table.ts';
import { openSite } from './fault-ground/site.ts';
import { Journal } from './repetitions/journal.ts';
import { estimateMs, listRepetitions, listUndone } from './repetitions/schedule.ts';

/** The kind of push that every system takes and most cameras speak. */
const PICTURED_PUSH = 'rtsp';

const { values } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '3' },
    tiers: { type: 'string', default: TIERS.join(',') },
    faults: { type: 'string', default: FAULT_NAMES.join(',') },
    operators: { type: 'string', default: OPERATOR_STATES.join(',') },
    systems: { type: 'string', default: SYSTEMS.join(',') },
    fresh: { type: 'boolean', default: false },
  },
});
const choice = {
  tiers: listChoice('tiers', TIERS),
  faults: listChoice('faults', FAULT_NAMES),
  operators: listChoice('operators', OPERATOR_STATES),
};
const systems = listChoice('systems', SYSTEMS) as System[];
const fields = FIELDS.map((field) => field.filter((name) => systems.includes(name))).filter(
  (field) => field.length > 0,
);
const repetitions = Number(values.repetitions);
const out = path.resolve(import.meta.dirname, 'out');

const site = await openSite([haproxyImage]);
const journal = new Journal(path.join(out, 'failover'), site.version, journalEntrySchema);
if (values.fresh) journal.clear();
const done = journal.read();
const wanted = listRepetitions(
  fields.flatMap((field) => listCases(field, choice)),
  repetitions,
);
const left = listUndone(wanted, done, nameCase);
say(`${wanted.length - left.length} of ${wanted.length} repetitions are done`);
while (left.length > 0) await runField();
report(done);

/** What is next, and all that follows on the same systems. */
async function runField(): Promise<void> {
  const [{ systems: field } = { systems: [] }] = left;
  const ground = new Ground(site, field);
  const leave = () => void ground.close().finally(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    await ground.build();
    while (left[0]?.systems === field) await runNext(ground);
  } finally {
    await ground.close();
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
}

async function runNext(ground: Ground): Promise<void> {
  const next = left.shift();
  if (next === undefined) return;
  const minutes = Math.ceil(estimateMs([next, ...left], done, nameCase) / 60_000);
  const place = `${wanted.length - left.length} of ${wanted.length}`;
  say(
    `${place}: ${nameCase(next)}, repetition ${next.repetition}${minutes > 0 ? `; ${minutes} min left` : ''}`,
  );
  const startMs = performance.now();
  const samples = await runRepetition(ground, next).catch(giveUp);
  if (samples === undefined) return;
  const entry = { ...next, tookMs: Math.round(performance.now() - startMs), samples };
  journal.append(entry);
  done.push(entry);
}

/** One repetition that cannot be measured ends no run of hours: it is left undone, for the next run. */
async function giveUp(error: Error): Promise<undefined> {
  say(`left out: ${error.stack}`);
  process.exitCode = 1;
  await site.cluster.up();
}

function report(entries: readonly JournalEntry[]): void {
  const rows = makeRows(entries.flatMap(({ samples }) => samples));
  console.log(formatTable(rows));
  for (const line of listBroken(entries.flatMap(({ samples }) => samples))) console.log(`not kept: ${line}`);
  mkdirSync(out, { recursive: true });
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  const file = path.join(out, 'failover.json');
  writeFileSync(file, `${JSON.stringify({ machine, version: site.version, rows }, null, 2)}\n`);
  const picture = path.join(out, 'failover.svg');
  writeFileSync(picture, drawGaps(rows, PICTURED_PUSH));
  const comparison = path.join(out, 'failover.md');
  writeFileSync(comparison, formatComparison(rows, PICTURED_PUSH));
  say(`wrote ${file}, ${picture} and ${comparison}`);
}

/** The names of an option, each of which must be known. */
function listChoice(
  option: 'tiers' | 'faults' | 'operators' | 'systems',
  known: readonly string[],
): string[] {
  const names = values[option].split(',');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  throw new RangeError(`--${option} ${unknown.join(',')}: there are ${known.join(', ')}`);
}
