/**
 * Keeps a store equal to what the API server has of one resource.
 *
 *     empty --list, page by page--> listed --watch--> watching --server ends it--> listed
 *       ^                             |                  |
 *       +----- 410, malformed --------+------------------+--- reset, silence, 429, 5xx --> listed, after a pause
 *
 * Guarantees: every object's newest state reaches the listeners, in the order of the API server's events; a
 * deletion that no watch told of is found by the next list. States in between may be skipped.
 * Assumptions: resource versions are comparable (KEP-5504); the API server sends bookmarks, each minute.
 * At rest nothing is read but the one long watch.
 */
import type { Logger } from 'pino';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import { ApiError } from './api-error.ts';
import type { KubeClient } from './client.ts';
import { backoffMs, type Clock, sleep } from './clock.ts';
import { dropBulk } from './drop-bulk.ts';
import { formatKey, type KubeObject } from './object.ts';
import { apiVersionOf, type Resource, resourcePath } from './resource.ts';
import { formatSelectors, isSelected, type Selectors } from './selectors.ts';
import { ObjectStore, type StoreChange } from './store.ts';
import { classifyFault, watchError } from './watch-fault.ts';
import { MalformedWatchError, readWatchEvents, SilentWatchError, type WatchEvent } from './watch-stream.ts';

export interface ReflectorOptions<T extends KubeObject> {
  client: KubeClient;
  resource: Resource;
  /** Names the cache in logs and metrics; the resource's kind where left out. */
  name?: string;
  namespace?: string;
  selectors?: Selectors;
  /** Called for each object on entry, when managedFields are dropped already; returns what is kept. */
  transform?: (object: KubeObject) => T;
  clock: Clock;
  random: () => number;
  logger: Logger;
  metrics: OperatorMetrics;
  /** A watch that is silent for longer is broken and resumed; 150 s where left out (bookmarks: 60 s). */
  silenceMs?: number;
  /** 500 where left out. */
  pageSize?: number;
  /** The loop turned once more: each list, watch and pause; at rest every five to ten minutes. */
  onTurn?: (name: string) => void;
}

export type ReflectorState = 'empty' | 'listed' | 'watching' | 'closed';

/** Of one cache, for the readiness page. */
export interface ReflectorHealth {
  state: ReflectorState;
  synced: boolean;
  objects: number;
  /** Since the API server last sent anything about this resource. */
  lastContactMs: number;
  /** The fault that the reflector is recovering from. */
  error?: string;
}

type Listener<T extends KubeObject> = (change: StoreChange<T>) => void;

const BACKOFF = { baseMs: 200, maxMs: 30_000 };
const SHORT_WATCH_MS = 1000;
/** Between these the API server ends each watch by itself, so that replicas do not come back all at once. */
const WATCH_SECONDS = { min: 300, max: 600 };

export class Reflector<T extends KubeObject> {
  readonly store = new ObjectStore<T>();
  /** Resolves when the store has been complete for the first time. */
  readonly synced: Promise<void>;
  readonly name: string;
  readonly #options: ReflectorOptions<T>;
  readonly #path: string;
  readonly #listeners = new Set<Listener<T>>();
  readonly #stop = new AbortController();
  #resolveSynced: () => void = () => {};
  #isSynced = false;
  #state: ReflectorState = 'empty';
  #failures = 0;
  #lastError: string | undefined;
  #lastContactMs: number;
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.name = options.name ?? options.resource.kind;
    this.#path = resourcePath(options.resource, options.namespace);
    this.#lastContactMs = options.clock.nowMs();
    this.synced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
  }

  get health(): ReflectorHealth {
    return {
      state: this.#state,
      synced: this.#isSynced,
      objects: this.store.size,
      lastContactMs: Math.round(this.#options.clock.nowMs() - this.#lastContactMs),
      ...(this.#lastError === undefined ? {} : { error: this.#lastError }),
    };
  }

  /** The listener is called for every change from now on; what it throws is logged and goes no further. */
  onChange(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#state = 'closed';
  }

  /** Takes the answer to a write of ours, where it belongs into this store, ahead of the watch. */
  offer(object: KubeObject): void {
    if (!isSelected(object, this.#options.selectors) || object.metadata.deletionTimestamp !== undefined)
      return;
    this.#tell(this.store.offer(this.#take(object)));
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#options.onTurn?.(this.name);
      try {
        if (this.#state === 'empty') await this.#list();
        const begunMs = this.#options.clock.nowMs();
        await this.#watch();
        // A server or proxy that ends watches at once must not be asked without pause.
        const isShort = this.#options.clock.nowMs() - begunMs < SHORT_WATCH_MS;
        if (isShort) await sleep(this.#options.clock, SHORT_WATCH_MS, this.#stop.signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        await this.#recover(error);
      }
    }
  }

  async #list(): Promise<void> {
    const { client, metrics, pageSize } = this.#options;
    const objects: T[] = [];
    let page: ListPage;
    let next = '';
    metrics.reflectorLists.inc({ kind: this.name });
    do {
      // Without a resourceVersion: the newest, so that a list never goes back in time.
      const query: Record<string, string> = { ...this.#selection(), limit: String(pageSize ?? 500) };
      if (next !== '') query.continue = next;
      page = (await client.request('GET', this.#path, {
        query,
        signal: this.#stop.signal,
        timeoutMs: 60_000,
      })) as ListPage;
      for (const item of page.items ?? []) objects.push(this.#take(this.#withKind(item)));
      next = page.metadata.continue ?? '';
    } while (next !== '');
    for (const change of this.store.replace(objects, page.metadata.resourceVersion)) this.#tell(change);
    this.#state = 'listed';
    this.#contact();
    this.#isSynced = true;
    metrics.reflectorSynced.set({ kind: this.name }, 1);
    metrics.reflectorObjects.set({ kind: this.name }, this.store.size);
    this.#resolveSynced();
  }

  async #watch(): Promise<void> {
    const { client, random, clock } = this.#options;
    const seconds = WATCH_SECONDS.min + Math.floor(random() * (WATCH_SECONDS.max - WATCH_SECONDS.min));
    const answer = await client.open(this.#path, {
      query: {
        ...this.#selection(),
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion: this.store.resourceVersion ?? '',
        timeoutSeconds: String(seconds),
      },
      signal: this.#stop.signal,
      timeoutMs: 30_000,
    });
    this.#state = 'watching';
    const silenceMs = this.#options.silenceMs ?? 150_000;
    const breakOff = () => answer.destroy(new SilentWatchError(`nothing came for ${silenceMs} ms`));
    let cancel = clock.after(silenceMs, breakOff);
    const onChunk = () => {
      cancel();
      cancel = clock.after(silenceMs, breakOff);
    };
    try {
      for await (const event of readWatchEvents(answer, onChunk)) this.#handle(event);
    } finally {
      cancel();
      answer.destroy();
      this.#state = 'listed';
    }
  }

  #handle(event: WatchEvent): void {
    if (event.type === 'ERROR') throw watchError(this.#path, event.object);
    const object = event.object as KubeObject;
    if (typeof object?.metadata?.resourceVersion !== 'string') {
      throw new MalformedWatchError(`a ${event.type} event has no resourceVersion`);
    }
    this.#contact();
    switch (event.type) {
      case 'BOOKMARK':
        this.store.observe(object.metadata.resourceVersion);
        break;
      case 'ADDED':
      case 'MODIFIED':
        this.#tell(this.store.put(this.#take(object)));
        break;
      case 'DELETED':
        this.#tell(this.store.delete(this.#take(object)));
        break;
      default:
        throw new MalformedWatchError(`an event of the unknown type ${event.type.slice(0, 20)}`);
    }
  }

  /** Decides where to go on after a fault, and waits as long as it takes. */
  async #recover(error: unknown): Promise<void> {
    const { cause, mustList } = classifyFault(error);
    if (mustList) this.#state = 'empty';
    this.#failures++;
    this.#lastError = error instanceof Error ? error.message : String(error);
    this.#options.metrics.reflectorFailures.inc({ kind: this.name, cause });
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const pauseMs = Math.max(asked, backoffMs(this.#failures, BACKOFF, this.#options.random));
    this.#options.logger.warn(
      { cache: this.name, cause, error: this.#lastError, pauseMs },
      'watch interrupted',
    );
    await sleep(this.#options.clock, pauseMs, this.#stop.signal);
  }

  #contact(): void {
    this.#lastContactMs = this.#options.clock.nowMs();
    this.#failures = 0;
    this.#lastError = undefined;
  }

  #tell(change: StoreChange<T> | undefined): void {
    if (change === undefined) return;
    this.#options.metrics.reflectorChanges.inc({ kind: this.name, type: change.type });
    this.#options.metrics.reflectorObjects.set({ kind: this.name }, this.store.size);
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        const object = formatKey(change.key);
        this.#options.logger.error({ cache: this.name, object, err: error }, 'listener failed');
      }
    }
  }

  #take(object: KubeObject): T {
    const slim = dropBulk(object);
    return this.#options.transform?.(slim) ?? (slim as T);
  }

  /** The items of a list say neither apiVersion nor kind. */
  #withKind(item: KubeObject): KubeObject {
    return { ...item, apiVersion: apiVersionOf(this.#options.resource), kind: this.#options.resource.kind };
  }

  #selection(): Record<string, string> {
    return formatSelectors(this.#options.selectors);
  }
}

interface ListPage {
  metadata: { resourceVersion: string; continue?: string };
  items?: KubeObject[];
}
