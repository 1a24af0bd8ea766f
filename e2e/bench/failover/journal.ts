import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OPERATOR_STATES, SYSTEMS, sampleSchema, TIERS } from './sample.ts';

const entrySchema = z.object({
  systems: z.array(z.enum(SYSTEMS)).readonly(),
  tier: z.enum(TIERS),
  fault: z.string(),
  operator: z.enum(OPERATOR_STATES),
  repetition: z.number(),
  /** With all that it takes to make things whole before and after. */
  tookMs: z.number(),
  samples: z.array(sampleSchema),
});
/** One finished repetition. */
export type JournalEntry = z.infer<typeof entrySchema>;

/** What is finished, a line each, in a file that is appended to at once: an interrupted run goes on there. */
export class Journal {
  readonly #file: string;

  /** @param version of what is measured; another one has a journal of its own */
  constructor(folder: string, version: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, `${version}.jsonl`);
  }

  clear(): void {
    rmSync(this.#file, { force: true });
  }

  append(entry: JournalEntry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** A last line that was cut short by the end of the machine is left out. */
  read(): JournalEntry[] {
    const text = readOr(this.#file);
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line) => entrySchema.parse(JSON.parse(line)));
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
