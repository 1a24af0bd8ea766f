/** Every reason that conditions and events carry. docs/conditions.md says the same; a test compares them. */

/** Reasons of conditions while nothing is wrong with the manifest. */
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
  /** A changed pod template is not put in force yet: enough others are being upgraded. */
  upgradeWaiting: 'UpgradeWaiting',
  /** A switch that is asked for, or that an upgrade waits for, would lose streams now. */
  switchPending: 'SwitchPending',
  /** Both sides are ready, on two nodes. */
  bothSides: 'BothSides',
  sideNotReady: 'SideNotReady',
  /** Both sides run on one node. */
  oneNode: 'OneNode',
  /** A camera that should reach both sides reaches one. */
  camerasDegraded: 'CamerasDegraded',
  /** Redundant, of a pool: each rendition survives the loss of a node. */
  renditionsCovered: 'RenditionsCovered',
  /** Redundant, of a pool: some renditions have no second copy and no standby, or on the same node. */
  renditionsExposed: 'RenditionsExposed',
  /** CapacityAvailable: nothing waits, and what is kept free is free. */
  roomLeft: 'RoomLeft',
  /** CapacityAvailable: nothing waits, but less is free than is to be kept free. */
  standbyUsed: 'StandbyUsed',
  /** CapacityAvailable: renditions wait, and no worker is ready. */
  noWorker: 'NoWorker',
  /** CapacityAvailable: renditions wait, and all workers are full. */
  noRoom: 'NoRoom',
  /** CapacityAvailable: renditions wait for hardware that no ready worker has. */
  noHardware: 'NoHardware',
  /** Encoding: every rendition is served whose camera sends. */
  allEncoded: 'AllEncoded',
  renditionsWaiting: 'RenditionsWaiting',
  renditionsStarting: 'RenditionsStarting',
  renditionsStalled: 'RenditionsStalled',
  /** AddressesListed: there are more than Kubernetes stores; all of it is served. */
  statusTooLarge: 'StatusTooLarge',
} as const;

/** Reasons of `Stalled`, and of `Ready` while it is: a person must change something. */
export const PROBLEM_REASONS = {
  invalidSpec: 'InvalidSpec',
  namespaceNotFound: 'NamespaceNotFound',
  factoryNotFound: 'FactoryNotFound',
  factoryNotAllowed: 'FactoryNotAllowed',
  poolNotFound: 'PoolNotFound',
  poolNotAllowed: 'PoolNotAllowed',
  relayNotFound: 'RelayNotFound',
  relayNotAllowed: 'RelayNotAllowed',
  nameTaken: 'NameTaken',
  secretNotFound: 'SecretNotFound',
  secretInvalid: 'SecretInvalid',
  duplicateStream: 'DuplicateStream',
  tierFull: 'TierFull',
  planTooLarge: 'PlanTooLarge',
  annotationInvalid: 'AnnotationInvalid',
  hardwareNotOffered: 'HardwareNotOffered',
  rejected: 'RejectedByApiServer',
} as const;
export type ProblemReason = (typeof PROBLEM_REASONS)[keyof typeof PROBLEM_REASONS];

/** Reasons of events that are no condition's. */
export const EVENT_REASONS = {
  shardsChanged: 'ShardsChanged',
  workersChanged: 'WorkersChanged',
  recovered: 'Recovered',
  switched: 'Switched',
} as const;
