import type { Side } from '../api/labels.ts';
import type { PathStates } from '../feed/path-states.ts';
import type { Applier, EventRecorder } from '../kube/applier.ts';
import type { Caches } from '../kube/caches.ts';
import type { KubeObject } from '../kube/object.ts';
import type { UpgradePlaces } from './upgrade-places.ts';

/** Everything that reconciliation uses and does not decide. */
export interface ReconcileContext {
  caches: Caches;
  applier: Applier;
  events: EventRecorder;
  states: PathStates;
  switching: Switching;
  upgrades: UpgradePlaces;
  /**
   * The object of this kind, namespace and name as the API server has it; undefined where there is none. Asked
   * before an object is made that no cache shows: it may be somebody else's.
   */
  readLive(object: KubeObject): Promise<KubeObject | undefined>;
  settings: ReconcileSettings;
  /** PEM of the certificate authorities that agents trust for the feed. */
  feedCa(): string;
  /**
   * Whether the agents have had the time to connect since this operator started. Before, silence says nothing,
   * and statuses stay as another replica left them.
   */
  isSettled: () => boolean;
  nowMs(): number;
  randomBytes(size: number): Buffer;
}

/** What moves active Services, as far as reconciliation asks it; `service` is `<namespace>/<name>`. */
export interface Switching {
  /** The side that has the new version of its pod while the active one waits for it; undefined when none does. */
  noteUpgraded(service: string, side: Side | undefined): void;
  /** How long the switch decided at that time took until it was seen here, ms; undefined for one from before. */
  switchMsOf(service: string, at: string): number | undefined;
  /** Why a shard is not moved to its other side now, though that is wanted. */
  explainHold(service: string): string | undefined;
}

export interface ReconcileSettings {
  /** The operator's own. */
  namespace: string;
  agentImage: string;
  mediamtxImage: string;
  /** Shards, and pools, whose pods are replaced at once for a changed template. */
  upgradesAtOnce: number;
}
