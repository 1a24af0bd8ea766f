/** Every label, annotation and name that Cupola puts on objects. docs/labels.md says the same; a test compares them. */

export const GROUP = 'cupola.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** The field manager of every server-side apply. */
export const FIELD_MANAGER = 'cupola-operator';

export const LABELS = {
  managedBy: 'app.kubernetes.io/managed-by',
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  /** The shard's number, on everything that belongs to one. */
  shard: 'cupola.dev/shard',
  /** `primary` or `backup`. */
  side: 'cupola.dev/side',
  /** The name of the media workload (its Deployment), on its pods and its plan Secret. */
  workload: 'cupola.dev/workload',
} as const;

export const MANAGED_BY = 'cupola';

export const ANNOTATIONS = {
  /** Hash of the object as it was last applied; tells a field that left the spec from one that others own. */
  applied: 'cupola.dev/applied',
} as const;

/** The value of `app.kubernetes.io/name` on a tier's objects. */
export const TIER_NAMES = { CameraFactory: 'camera-factory', MasterRelay: 'master-relay' } as const;

export const SIDES = ['primary', 'backup'] as const;
export type Side = (typeof SIDES)[number];
