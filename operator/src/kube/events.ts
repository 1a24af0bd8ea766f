import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { FIELD_MANAGER } from '../api/labels.ts';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import type { EventRecorder } from './applier.ts';
import type { KubeClient } from './client.ts';
import type { Clock } from './clock.ts';
import type { KubeObject } from './object.ts';
import { RESOURCES, resourcePath } from './resource.ts';
import type { WriteGuard } from './write-guard.ts';

export interface ApiEventRecorderOptions {
  client: KubeClient;
  guard: WriteGuard;
  /** The pod that speaks: reportingInstance. */
  instance: string;
  clock: Clock;
  metrics: OperatorMetrics;
  logger: Logger;
}

type EventFields = Parameters<EventRecorder['record']>[1];

const REPEAT_AFTER_MS = 60 * 60 * 1000;
/** The API server's bound on `note`. */
const MAX_NOTE_BYTES = 1024;
/** Waiting events beyond this are dropped: an event is news, not state. */
const MAX_WAITING = 200;
/** Between two writes, so that a storm of changes does not become a storm of Events. */
const INTERVAL_MS = 50;
/** Objects whose last event is remembered. */
const MAX_REMEMBERED = 5_000;

export class ApiEventRecorder implements EventRecorder {
  readonly #options: ApiEventRecorderOptions;
  /** By object: its last event, and when it was written. */
  readonly #last = new Map<string, { digest: string; atMs: number }>();
  #waiting: { about: KubeObject; event: EventFields }[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;
  #cancelPause: (() => void) | undefined;

  constructor(options: ApiEventRecorderOptions) {
    this.#options = options;
  }

  record(about: KubeObject, event: EventFields): void {
    if (this.#isClosed) return;
    if (this.#isRepeated(about, event)) {
      this.#count('repeated');
    } else if (this.#waiting.length >= MAX_WAITING) {
      this.#count('dropped');
    } else {
      this.#waiting.push({ about, event });
      this.#writing ??= this.#writeAll();
    }
  }

  /** Resolves when nothing waits or is being written. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Drops what waits. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting = [];
    this.#cancelPause?.();
    await this.#writing;
  }

  #isRepeated(about: KubeObject, event: EventFields): boolean {
    const id = about.metadata.uid ?? `${about.kind}/${about.metadata.namespace}/${about.metadata.name}`;
    const digest = createHash('sha1')
      .update(`${event.type}\0${event.reason}\0${event.message}`)
      .digest('base64');
    const nowMs = this.#options.clock.nowMs();
    const last = this.#last.get(id);
    if (last?.digest === digest && nowMs - last.atMs < REPEAT_AFTER_MS) return true;
    // A Map keeps the order of insertion: the first is the one not touched for longest.
    this.#last.delete(id);
    this.#last.set(id, { digest, atMs: nowMs });
    const oldest = this.#last.keys().next();
    if (this.#last.size > MAX_REMEMBERED && !oldest.done) this.#last.delete(oldest.value);
    return false;
  }

  async #writeAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#write(next.about, next.event);
      if (this.#waiting.length > 0) {
        await new Promise<void>((resolve) => {
          const cancel = this.#options.clock.after(INTERVAL_MS, resolve);
          this.#cancelPause = () => {
            cancel();
            resolve();
          };
        });
      }
    }
    this.#writing = undefined;
  }

  async #write(about: KubeObject, event: EventFields): Promise<void> {
    const { client, guard, logger } = this.#options;
    const body = this.#format(about, event);
    try {
      await client.request('POST', resourcePath(RESOURCES.Event, body.metadata.namespace), {
        query: { fieldManager: FIELD_MANAGER },
        body,
        signal: guard.enter(),
      });
      this.#count('written');
    } catch (error) {
      this.#count('failed');
      logger.debug({ reason: event.reason, err: error }, 'event not written');
    }
  }

  /** An Event of events.k8s.io/v1 in the object's namespace; of a cluster's object, in `default`. */
  #format(about: KubeObject, event: EventFields) {
    const namespace = about.metadata.namespace ?? 'default';
    const now = new Date(this.#options.clock.wallMs()).toISOString();
    const suffix = createHash('sha1').update(`${now}\0${event.reason}\0${event.message}\0${Math.random()}`);
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace, name: `${about.metadata.name}.${suffix.digest('hex').slice(0, 16)}` },
      eventTime: now.replace('Z', '000Z'),
      type: event.type,
      reason: event.reason,
      note: truncate(event.message, MAX_NOTE_BYTES),
      action: 'Reconcile',
      regarding: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        namespace: about.metadata.namespace,
        name: about.metadata.name,
        uid: about.metadata.uid,
      },
      reportingController: `cupola.dev/${FIELD_MANAGER}`,
      reportingInstance: this.#options.instance,
    };
  }

  #count(outcome: 'written' | 'repeated' | 'dropped' | 'failed'): void {
    this.#options.metrics.events.inc({ outcome });
  }
}

/** Cut at a character's border. */
function truncate(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  return bytes
    .subarray(0, maxBytes - 3)
    .toString('utf8')
    .replace(/\uFFFD$/, '')
    .concat('…');
}
