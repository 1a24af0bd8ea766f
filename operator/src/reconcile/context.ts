import type { PathStates } from '../feed/path-states.ts';
import type { Applier, EventRecorder } from '../kube/applier.ts';
import type { Caches } from '../kube/caches.ts';
import type { KubeObject } from '../kube/object.ts';

/** Everything that reconciliation uses and does not decide. */
export interface ReconcileContext {
  caches: Caches;
  applier: Applier;
  events: EventRecorder;
  states: PathStates;
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
  isSettled(): boolean;
  nowMs(): number;
  randomBytes(size: number): Buffer;
}

export interface ReconcileSettings {
  /** The operator's own. */
  namespace: string;
  agentImage: string;
  mediamtxImage: string;
}
