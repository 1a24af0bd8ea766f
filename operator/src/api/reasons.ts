/** Every reason that conditions and events carry. docs/conditions.md says the same; a test compares them. */

/** Reasons of `Ready`, `Reconciling` and `Redundant`. */
export const REASONS = {
  /** Ready: everything asked for is in force. */
  ready: 'Ready',
  /** Reconciling and Stalled while nothing is left to do or to mend. */
  settled: 'Settled',
  /** No side of a shard has a ready pod. */
  podsNotReady: 'PodsNotReady',
  /** What the cameras are assigned to is being made. */
  assigning: 'Assigning',
  /** The media pods have not yet taken the newest plan. */
  planPending: 'PlanPending',
  /** Deployments are being rolled out. */
  rollingOut: 'RollingOut',
  /** A switch that is asked for, or that an upgrade waits for, would lose streams now. */
  switchPending: 'SwitchPending',
  /** Both sides are ready, on two nodes. */
  bothSides: 'BothSides',
  sideNotReady: 'SideNotReady',
  /** Both sides run on one node. */
  oneNode: 'OneNode',
  /** A camera that should reach both sides reaches one. */
  camerasDegraded: 'CamerasDegraded',
} as const;

/** Reasons of `Stalled`, and of `Ready` while it is: a person must change something. */
export const PROBLEM_REASONS = {
  invalidSpec: 'InvalidSpec',
  namespaceNotFound: 'NamespaceNotFound',
  factoryNotFound: 'FactoryNotFound',
  factoryNotAllowed: 'FactoryNotAllowed',
  relayNotFound: 'RelayNotFound',
  relayNotAllowed: 'RelayNotAllowed',
  nameTaken: 'NameTaken',
  secretNotFound: 'SecretNotFound',
  secretInvalid: 'SecretInvalid',
  duplicateStream: 'DuplicateStream',
  tierFull: 'TierFull',
  planTooLarge: 'PlanTooLarge',
  annotationInvalid: 'AnnotationInvalid',
  rejected: 'RejectedByApiServer',
} as const;
export type ProblemReason = (typeof PROBLEM_REASONS)[keyof typeof PROBLEM_REASONS];

/** Reasons of events that are no condition's. */
export const EVENT_REASONS = {
  shardsChanged: 'ShardsChanged',
  recovered: 'Recovered',
  switched: 'Switched',
} as const;
