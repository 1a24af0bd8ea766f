/**
 * Work by key. Many additions of a key become one run; one key runs once at a time, others beside it.
 *
 *     (unknown) --add--> due --worker--> running --done--> (unknown)
 *         |               ^                |  |
 *         +-add after--> delayed <-failed--+  +--added meanwhile--> due again
 *
 * A delayed key becomes due at its time, or at once by an add without a delay (also one that backs off: what has
 * changed may have mended it). Runs of one key begin at least `minIntervalMs` apart.
 */
import { backoffMs, type Clock } from './clock.ts';

export interface QueueOptions<K> {
  /** Two keys of the same id are the same work. */
  idOf: (key: K) => string;
  /** May ask to be run again; what it throws is told to `onError` and tried again with backoff. */
  process: (key: K) => Promise<{ requeueAfterMs?: number } | undefined>;
  /** How many keys run at once. */
  concurrency: number;
  minIntervalMs: number;
  backoff: { baseMs: number; maxMs: number };
  clock: Clock;
  random: () => number;
  onError: (key: K, error: unknown, attempt: number) => void;
  /** After each run, for metrics. */
  onRun?: (key: K, times: { waitMs: number; runMs: number }) => void;
}

interface Entry<K> {
  key: K;
  state: 'idle' | 'delayed' | 'due' | 'running';
  /** When a delayed key becomes due, or since when a due one is. */
  atMs: number;
  cancel: (() => void) | undefined;
  /** While running: when to run again, by what was added meanwhile. */
  againAtMs: number | undefined;
  startedMs: number;
  failures: number;
}

export class KeyedQueue<K> {
  readonly #options: QueueOptions<K>;
  readonly #entries = new Map<string, Entry<K>>();
  /** Ids of due entries, the longest waiting first. */
  readonly #due = new Set<string>();
  #running = 0;
  #isOpen = false;
  #idleWaiters: (() => void)[] = [];

  constructor(options: QueueOptions<K>) {
    this.#options = options;
  }

  get depth(): number {
    return this.#due.size;
  }

  get running(): number {
    return this.#running;
  }

  /** How long the longest waiting key has been due; 0 when none waits. */
  get oldestAgeMs(): number {
    for (const id of this.#due) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) return this.#options.clock.nowMs() - entry.atMs;
    }
    return 0;
  }

  /** Takes work from now on. Before it, and after `pause`, what is added is dropped. */
  open(): void {
    this.#isOpen = true;
  }

  /** Drops what waits and what is added; resolves when what runs has ended. */
  async pause(): Promise<void> {
    this.#isOpen = false;
    for (const [id, entry] of this.#entries) {
      entry.cancel?.();
      entry.againAtMs = undefined;
      if (entry.state !== 'running') this.#entries.delete(id);
    }
    this.#due.clear();
    await this.idle();
  }

  /** Resolves when no key is due or running; delayed ones may be left. */
  idle(): Promise<void> {
    if (this.#running === 0 && this.#due.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Makes the key due after a time, or earlier where it would be earlier anyway. */
  add(key: K, afterMs = 0): void {
    if (!this.#isOpen) return;
    const entry = this.#entryOf(key);
    const atMs = this.#options.clock.nowMs() + afterMs;
    if (entry.state === 'running') {
      entry.againAtMs = Math.min(entry.againAtMs ?? atMs, atMs);
      return;
    }
    this.#schedule(entry, atMs);
  }

  #entryOf(key: K): Entry<K> {
    const id = this.#options.idOf(key);
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const entry: Entry<K> = {
      key,
      state: 'idle',
      atMs: 0,
      cancel: undefined,
      againAtMs: undefined,
      startedMs: Number.NEGATIVE_INFINITY,
      failures: 0,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #schedule(entry: Entry<K>, wantedMs: number): void {
    if (entry.state === 'due') return;
    const { clock, minIntervalMs } = this.#options;
    const atMs = Math.max(wantedMs, entry.startedMs + minIntervalMs);
    if (entry.state === 'delayed' && entry.atMs <= atMs) return;
    entry.cancel?.();
    entry.cancel = undefined;
    entry.atMs = atMs;
    const delayMs = atMs - clock.nowMs();
    if (delayMs <= 0) {
      this.#makeDue(entry);
      return;
    }
    entry.state = 'delayed';
    entry.cancel = clock.after(delayMs, () => this.#makeDue(entry));
  }

  #makeDue(entry: Entry<K>): void {
    entry.state = 'due';
    entry.cancel = undefined;
    entry.atMs = this.#options.clock.nowMs();
    this.#due.add(this.#options.idOf(entry.key));
    this.#work();
  }

  #work(): void {
    for (const id of this.#due) {
      if (this.#running >= this.#options.concurrency) return;
      this.#due.delete(id);
      const entry = this.#entries.get(id);
      if (entry !== undefined) void this.#run(id, entry);
    }
  }

  async #run(id: string, entry: Entry<K>): Promise<void> {
    const { clock, onRun } = this.#options;
    this.#running++;
    entry.state = 'running';
    entry.startedMs = clock.nowMs();
    const waitMs = entry.startedMs - entry.atMs;
    const nextAtMs = await this.#processOnce(entry);
    onRun?.(entry.key, { waitMs, runMs: clock.nowMs() - entry.startedMs });
    this.#running--;
    entry.state = 'idle';
    const againAtMs = earlier(entry.againAtMs, nextAtMs);
    entry.againAtMs = undefined;
    if (againAtMs !== undefined && this.#isOpen) this.#schedule(entry, againAtMs);
    else this.#forgetAfterInterval(id, entry);
    this.#work();
    if (this.#running === 0 && this.#due.size === 0) {
      for (const resolve of this.#idleWaiters.splice(0)) resolve();
    }
  }

  /** When the key wants to be run again by itself. */
  async #processOnce(entry: Entry<K>): Promise<number | undefined> {
    const { process, onError, clock, backoff, random } = this.#options;
    try {
      const outcome = await process(entry.key);
      entry.failures = 0;
      return outcome?.requeueAfterMs === undefined ? undefined : clock.nowMs() + outcome.requeueAfterMs;
    } catch (error) {
      entry.failures++;
      onError(entry.key, error, entry.failures);
      return clock.nowMs() + backoffMs(entry.failures, backoff, random);
    }
  }

  /** An entry is kept until its next run need not wait for the interval. */
  #forgetAfterInterval(id: string, entry: Entry<K>): void {
    const { clock, minIntervalMs } = this.#options;
    const restMs = entry.startedMs + minIntervalMs - clock.nowMs();
    if (restMs <= 0 || !this.#isOpen) {
      this.#entries.delete(id);
      return;
    }
    entry.cancel = clock.after(restMs, () => {
      if (entry.state === 'idle') this.#entries.delete(id);
    });
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
