import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';

/** What is finished, a line each, in a file that is appended to at once: an interrupted run goes on there. */
export class Journal<E> {
  readonly #file: string;
  readonly #schema: z.ZodType<E>;

  /** @param version of what is measured; another one has a journal of its own */
  constructor(folder: string, version: string, schema: z.ZodType<E>) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, `${version}.jsonl`);
    this.#schema = schema;
  }

  clear(): void {
    rmSync(this.#file, { force: true });
  }

  append(entry: E): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** A last line that was cut short by the end of the machine is left out. */
  read(): E[] {
    const text = readOr(this.#file);
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line) => this.#schema.parse(JSON.parse(line)));
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
