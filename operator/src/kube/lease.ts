/**
 * Which of the operator's replicas may write.
 *
 *     standby --the lease is free, or unchanged for its duration--> candidate --written--> leader
 *        ^                                                            | 409                 | renews each retryMs
 *        +------------------------------------------------------------+                     |
 *        +--- another holds it, or no renewal succeeded for renewMs ------------------------+
 *
 * Guarantee: while clocks run at about the same speed, two replicas never both pass the guard: a leader stops
 * at the latest `renewMs` after the last renewal that succeeded began; another takes over `durationMs` after it
 * saw that renewal, which is later. A write in flight is aborted when leadership ends.
 * A standby reads by a watch on this one object (it gives its sightings to `observe`); the leader, knowing the
 * version of its own last write, reads nothing.
 */
import type { Logger } from 'pino';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import { ApiError, LeaseLostError } from './api-error.ts';
import type { KubeClient } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { holdLease, judgeLease, type LeaseObject, type LeaseSighting, releaseLease } from './lease-record.ts';
import { isOlder } from './object.ts';
import { RESOURCES, resourcePath } from './resource.ts';
import type { WriteGuard } from './write-guard.ts';

export interface LeaseOptions {
  client: KubeClient;
  namespace: string;
  name: string;
  /** Unique to this process, e.g. the pod's name and a random part. */
  identity: string;
  durationMs: number;
  renewMs: number;
  retryMs: number;
  clock: Clock;
  logger: Logger;
  metrics: OperatorMetrics;
  onLeader: () => void;
  onStandby: () => void;
  /** The loop turned once more; for the liveness page. */
  onTurn?: () => void;
}

/** A crashed leader is replaced within 7 s. */
export const LEASE_TIMES = { durationMs: 6_000, renewMs: 4_000, retryMs: 1_000 } as const;

export class Lease implements WriteGuard {
  readonly #options: LeaseOptions;
  readonly #path: string;
  readonly #stop = new AbortController();
  #sighting: LeaseSighting | undefined;
  /** Present while leader. */
  #term: { deadlineMs: number; end: AbortController; cancelEnd: () => void } | undefined;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#path = resourcePath(RESOURCES.Lease, options.namespace, options.name);
  }

  /** By the clock at this moment, not by whether a timer has run yet. */
  isLeader(): boolean {
    return this.#term !== undefined && this.#options.clock.nowMs() < this.#term.deadlineMs;
  }

  get holder(): string {
    return this.#sighting?.lease.spec?.holderIdentity ?? '';
  }

  enter(): AbortSignal {
    const term = this.#term;
    if (term === undefined || !this.isLeader()) throw new LeaseLostError();
    return term.end.signal;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Takes what a watch on the lease shows; undefined for its deletion. */
  observe(lease: LeaseObject | undefined): void {
    if (lease === undefined) {
      if (this.#term === undefined) this.#sighting = undefined;
    } else if (this.#isNews(lease)) {
      this.#see(lease);
      if (lease.spec?.holderIdentity !== this.#options.identity) this.#endTerm('taken by another replica');
    }
    if (this.#term === undefined) this.#wake?.();
  }

  /** Gives the lease up, so that the other replica takes it at once. Call it when no write is in flight. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#running;
    if (!this.isLeader() || this.#sighting === undefined) return;
    const released = releaseLease(this.#sighting.lease, this.#options.clock.wallMs());
    this.#endTerm('released');
    try {
      await this.#put(released);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'lease not released: it expires by itself');
    }
  }

  async #run(): Promise<void> {
    const { clock, retryMs, onTurn } = this.#options;
    while (!this.#stop.signal.aborted) {
      onTurn?.();
      const begunMs = clock.nowMs();
      const waitMs = await this.#turn();
      const spentMs = clock.nowMs() - begunMs;
      await this.#pause(Math.max(waitMs - spentMs, retryMs / 10));
    }
  }

  /** One look at the lease, and a write where it is due. Returns how long after its beginning the next is due. */
  async #turn(): Promise<number> {
    const { identity, durationMs, retryMs, clock } = this.#options;
    const verdict = judgeLease(this.#sighting, identity, durationMs, clock.nowMs());
    if (verdict.verdict === 'wait') {
      this.#endTerm('taken by another replica');
      return Math.min(verdict.waitMs, durationMs);
    }
    try {
      await this.#hold();
    } catch (error) {
      await this.#handleFailure(error);
    }
    return retryMs;
  }

  async #hold(): Promise<void> {
    const { identity, namespace, name, durationMs, renewMs, clock } = this.#options;
    const begunMs = clock.nowMs();
    const wanted = holdLease(
      { namespace, name },
      this.#sighting?.lease,
      identity,
      durationMs,
      clock.wallMs(),
    );
    const lease = await this.#put(wanted);
    this.#see(lease);
    this.#extendTerm(begunMs + renewMs);
  }

  async #put(lease: LeaseObject): Promise<LeaseObject> {
    const { client, retryMs, namespace } = this.#options;
    const isNew = lease.metadata.resourceVersion === undefined;
    const answer = isNew
      ? client.request('POST', resourcePath(RESOURCES.Lease, namespace), {
          body: lease,
          timeoutMs: retryMs * 2,
        })
      : client.request('PUT', this.#path, { body: lease, timeoutMs: retryMs * 2 });
    return (await answer) as LeaseObject;
  }

  /** A lost race and an unknown version are settled by one read; anything else by trying again. */
  async #handleFailure(error: unknown): Promise<void> {
    const { client, retryMs, logger, metrics } = this.#options;
    const isRace = error instanceof ApiError && (error.isConflict || error.isNotFound);
    if (!isRace) {
      metrics.leaseFailures.inc();
      logger.warn({ err: error, isLeader: this.isLeader() }, 'lease not written');
      return;
    }
    try {
      this.#see((await client.request('GET', this.#path, { timeoutMs: retryMs * 2 })) as LeaseObject);
    } catch (readError) {
      if (readError instanceof ApiError && readError.isNotFound) this.#sighting = undefined;
      else metrics.leaseFailures.inc();
    }
  }

  #isNews(lease: LeaseObject): boolean {
    const known = this.#sighting?.lease.metadata;
    return (
      known === undefined ||
      known.uid !== lease.metadata.uid ||
      isOlder(known.resourceVersion, lease.metadata.resourceVersion)
    );
  }

  #see(lease: LeaseObject): void {
    this.#sighting = { lease, seenMs: this.#options.clock.nowMs() };
  }

  #extendTerm(deadlineMs: number): void {
    const { clock, metrics, logger, onLeader } = this.#options;
    const isNew = this.#term === undefined;
    this.#term?.cancelEnd();
    const end = this.#term?.end ?? new AbortController();
    const cancelEnd = clock.after(deadlineMs - clock.nowMs(), () => this.#endTerm('not renewed in time'));
    this.#term = { deadlineMs, end, cancelEnd };
    if (!isNew) return;
    metrics.leaseHeld.set(1);
    metrics.leaseTransitions.inc({ to: 'leader' });
    logger.info({ transitions: this.#sighting?.lease.spec?.leaseTransitions }, 'became the leader');
    onLeader();
  }

  #endTerm(why: string): void {
    const term = this.#term;
    if (term === undefined) return;
    this.#term = undefined;
    term.cancelEnd();
    term.end.abort(new LeaseLostError());
    this.#options.metrics.leaseHeld.set(0);
    this.#options.metrics.leaseTransitions.inc({ to: 'standby' });
    this.#options.logger.info({ why }, 'ceased to be the leader');
    this.#options.onStandby();
  }

  /** Until the time is over, the lease is closed, or a sighting changes what is due. */
  async #pause(ms: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(this.#options.clock, ms, AbortSignal.any([woken.signal, this.#stop.signal]));
    this.#wake = undefined;
  }
}
