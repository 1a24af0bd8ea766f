import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const NAMES = ['renditionsPerCore', 'ffmpegRenditionsPerCore', 'cost', 'rows', 'autoscaling'] as const;

/** The last figures of each part, a file each, so that parts may be run alone. */
export class Results {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  keep(name: (typeof NAMES)[number], figures: unknown): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#fileOf(name), JSON.stringify(figures));
  }

  /** All that there are, as one object. */
  write(file: string, more: object): void {
    const parts = NAMES.flatMap((name) => {
      const figures = this.#read(name);
      return figures === undefined ? [] : [[name, figures] as const];
    });
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ ...more, ...Object.fromEntries(parts) }, null, 2)}\n`);
  }

  #read(name: string): unknown {
    try {
      return JSON.parse(readFileSync(this.#fileOf(name), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #fileOf(name: string): string {
    return path.join(this.#folder, `${name}.json`);
  }
}
