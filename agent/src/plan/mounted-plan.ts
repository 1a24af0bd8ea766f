/**
 * The plan as the kubelet mounts it from the plan Secret. The kubelet swaps the symbolic link `..data` when the Secret
 * changes (atomic_writer.go), which inotify reports on the folder; a slow poll stands by for events that got lost.
 */
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PLAN_KEY } from '@cupola/protocol';

const POLL_INTERVAL_MS = 10_000;
/** A swap is several events within a millisecond. */
const SETTLE_MS = 20;

export class MountedPlan {
  readonly #folder: string;
  readonly #onText: (text: string) => void;
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #settle: NodeJS.Timeout | undefined;
  #lastText: string | undefined;
  #closed = false;

  /** `onText` is called with the file's text at the start and whenever it changed. */
  constructor(folder: string, onText: (text: string) => void) {
    this.#folder = folder;
    this.#onText = onText;
  }

  async start(): Promise<void> {
    await this.#read();
    this.#watch();
    this.#poll = setInterval(() => {
      this.#watch();
      void this.#read();
    }, POLL_INTERVAL_MS);
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    clearInterval(this.#poll);
    clearTimeout(this.#settle);
  }

  #watch(): void {
    if (this.#watcher !== undefined || this.#closed) return;
    try {
      this.#watcher = watch(this.#folder, () => {
        this.#settle ??= setTimeout(() => {
          this.#settle = undefined;
          void this.#read();
        }, SETTLE_MS);
      });
    } catch {
      return; // The folder is not there yet: the poll tries again.
    }
    this.#watcher.on('error', () => {
      this.#watcher?.close();
      this.#watcher = undefined;
    });
  }

  async #read(): Promise<void> {
    let text: string;
    try {
      text = await readFile(join(this.#folder, PLAN_KEY), 'utf8');
    } catch {
      return; // Not there yet, or taken away: the plan in force stays.
    }
    if (this.#closed || text === this.#lastText) return;
    this.#lastText = text;
    this.#onText(text);
  }
}
