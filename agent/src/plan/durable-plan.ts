/**
 * The copy of the newest plan in a memory volume of the pod: a container that restarts begins where it was, also when
 * the mounted Secret is older than what the feed brought.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MediaPlan } from '@cupola/protocol';

export class DurablePlan {
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();
  #waiting: MediaPlan | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The text of the copy, undefined when there is none. */
  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Replaces the copy atomically, readable by its owner alone. Of several waiting writes only the last is done. */
  async write(plan: MediaPlan): Promise<void> {
    this.#waiting = plan;
    const previous = this.#writing;
    this.#writing = previous.catch(() => undefined).then(() => this.#writeWaiting());
    await this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    const plan = this.#waiting;
    if (plan === undefined) return;
    this.#waiting = undefined;
    await mkdir(dirname(this.#path), { recursive: true });
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(plan));
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
  }
}
