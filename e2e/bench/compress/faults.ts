import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { say } from '../../cluster/progress.ts';
import type { BenchSite } from '../fault-ground/site.ts';
import { Journal } from '../repetitions/journal.ts';
import { estimateMs, listRepetitions, listUndone } from '../repetitions/schedule.ts';
import { CompressGround } from './faults/ground.ts';
import { listBroken } from './faults/promises.ts';
import { makeRows, type Row } from './faults/rows.ts';
import { runRepetition } from './faults/run.ts';
import { OPERATOR_STATES, sampleSchema } from './faults/sample.ts';
import { listCases, nameCase, type Repetition } from './faults/schedule.ts';
import { formatTable } from './faults/table.ts';

const entrySchema = z.object({
  fault: z.string(),
  operator: z.enum(OPERATOR_STATES),
  repetition: z.number(),
  /** With all that it takes to make things whole before and after. */
  tookMs: z.number(),
  samples: z.array(sampleSchema),
});

export interface FaultsOptions {
  /** Of the journal. */
  readonly folder: string;
  readonly repetitions: number;
  readonly faults: readonly string[];
  readonly operators: readonly string[];
  readonly fresh: boolean;
}

/** What faults of workers cost the viewers of renditions. */
export async function benchFaults(site: BenchSite, options: FaultsOptions): Promise<Row[]> {
  const journal = new Journal(options.folder, site.version, entrySchema);
  if (options.fresh) journal.clear();
  const done = journal.read();
  const wanted = listRepetitions(listCases(options.faults, options.operators), options.repetitions);
  const left = listUndone(wanted, done, nameCase);
  say(`${wanted.length - left.length} of ${wanted.length} repetitions are done`);
  await onGround(site, left.length > 0, async (ground) => {
    for (const [index, next] of left.entries()) {
      const minutes = Math.ceil(estimateMs(left.slice(index), done, nameCase) / 60_000);
      const place = `${wanted.length - left.length + index + 1} of ${wanted.length}`;
      const rest = minutes > 0 ? `; ${minutes} min left` : '';
      say(`${place}: ${nameCase(next)}, repetition ${next.repetition}${rest}`);
      const entry = await runTimed(site, ground, next);
      if (entry === undefined) continue;
      journal.append(entry);
      done.push(entry);
    }
  });
  const samples = done.flatMap((entry) => entry.samples);
  const rows = makeRows(samples);
  console.log(formatTable(rows));
  for (const line of listBroken(samples)) console.log(`not kept: ${line}`);
  return rows;
}

async function onGround(
  site: BenchSite,
  isNeeded: boolean,
  work: (ground: CompressGround) => Promise<void>,
): Promise<void> {
  if (!isNeeded) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'cupola-compress-'));
  const ground = await CompressGround.open(site, folder);
  const close = async () => {
    await ground.close();
    await rm(folder, { recursive: true, force: true });
  };
  const leave = () => void close().finally(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    await ground.build();
    await work(ground);
  } finally {
    await close();
    process.off('SIGINT', leave).off('SIGTERM', leave);
  }
}

/** One repetition that cannot be measured ends no run of hours: it is left undone, for the next run. */
async function runTimed(site: BenchSite, ground: CompressGround, next: Repetition) {
  const startMs = performance.now();
  try {
    const samples = await runRepetition(ground, next);
    return { ...next, tookMs: Math.round(performance.now() - startMs), samples };
  } catch (error) {
    say(`left out: ${(error as Error).stack}`);
    process.exitCode = 1;
    await site.cluster.up();
    return undefined;
  }
}
