/** Every label, annotation and name that Cupola puts on objects. docs/labels.md says the same; a test compares them. */

export const GROUP = 'cupola.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** The field manager of every server-side apply. */
export const FIELD_MANAGER = 'cupola-operator';

/** The field manager of switches: their marks on a Service are not reconciliation's to take away. */
export const SWITCH_MANAGER = 'cupola-failover';

export const LABELS = {
  managedBy: 'app.kubernetes.io/managed-by',
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  /** The shard's number, on everything that belongs to one. */
  shard: 'cupola.dev/shard',
  /** `primary` or `backup`. */
  side: 'cupola.dev/side',
  /** The worker's number, on everything that belongs to one worker of a pool. */
  worker: 'cupola.dev/worker',
  /** The name of the media workload (its Deployment), on its pods and its plan Secret. */
  workload: 'cupola.dev/workload',
} as const;

export const MANAGED_BY = 'cupola';

export const ANNOTATIONS = {
  /** Hash of the object as it was last applied; tells a field that left the spec from one that others own. */
  applied: 'cupola.dev/applied',
  /** On a CameraFactory or MasterRelay: `[<shard>:]<side>/<token>`, the side that a person asks for, once. */
  switchTo: 'cupola.dev/switch-to',
  /** On a CameraFactory or MasterRelay: `[<shard>:]<side>`, the side that is to carry nobody. */
  maintenance: 'cupola.dev/maintenance',
  /** On an active Service: what moved it last, as JSON. */
  lastSwitch: 'cupola.dev/last-switch',
  /** On an active Service: the value of switch-to that was last honoured. */
  honoured: 'cupola.dev/honoured-switch-to',
} as const;

/** The value of `app.kubernetes.io/name` on a tier's objects. */
export const TIER_NAMES = {
  CameraFactory: 'camera-factory',
  MasterRelay: 'master-relay',
  CompressorPool: 'compressor-pool',
} as const;

export const SIDES = ['primary', 'backup'] as const;
export type Side = (typeof SIDES)[number];
