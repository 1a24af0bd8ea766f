/** What reconciliation plugs into the operator: one handler a kind, and the routes that call them. */
import type { Applier, EventRecorder } from './applier.ts';
import type { CacheChange, Caches } from './caches.ts';
import type { KubeObject, ObjectKey } from './object.ts';

/** The kinds that are reconciled. */
export const RECONCILED_KINDS = ['Site', 'CameraFactory', 'CompressorPool', 'MasterRelay'] as const;
export type ReconciledKind = (typeof RECONCILED_KINDS)[number];

/** One object to reconcile. */
export interface Target extends ObjectKey {
  kind: ReconciledKind;
}

export interface ReconcileOutcome {
  /** Reconcile again after this time though nothing changes; not at all where left out. Replaced by any earlier cause. */
  requeueAfterMs?: number;
}

/**
 * Brings one object's part of the world to what it says. Level-triggered: the object may be gone from its cache
 * (it was deleted), and many changes may have become one call. Serial within one object, concurrent across.
 * What it throws is logged and tried again with backoff; a spec that cannot work is a condition, not an error.
 */
export type ReconcileHandler = (key: ObjectKey) => Promise<ReconcileOutcome | undefined>;

export interface Reconciliation {
  handlers: Record<ReconciledKind, ReconcileHandler>;
  /**
   * Which objects a change in a cache concerns. A changed object of these kinds is reconciled
   * itself without being named here. Called for every change, also on a standby replica (whose calls are
   * dropped): pure and quick. When this replica becomes the leader, every object is reconciled once.
   */
  routeChange(change: CacheChange): Target[];
  /** Which objects must look at new states of some paths of a media workload (`<namespace>/<name>`). */
  routeStates(workload: string, paths: readonly string[]): Target[];
}

/** What the operator gives to reconciliation. */
export interface ReconciliationTools<States, Switching> {
  caches: Caches;
  applier: Applier;
  events: EventRecorder;
  /** The agents' word: PathStates of feed/. */
  states: States;
  /** What moves active Services: Switching of reconcile/. */
  switching: Switching;
  /** The object of this kind, namespace and name as the API server has it now; undefined where there is none. */
  readLive: (object: KubeObject) => Promise<KubeObject | undefined>;
  /** The CAs for plan Secrets (FEED_CA_KEY), PEM. When they change, every object is reconciled. */
  feedCa: () => string;
  /**
   * Whether agents have had the time to connect since this operator listens. Before, their silence says nothing.
   * Every object is reconciled when it becomes true.
   */
  isSettled: () => boolean;
}
