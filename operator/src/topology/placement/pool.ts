/** What placement goes by, and what it says. */
import type { Redundancy } from '../../api/compression.ts';
import type { HardwareEncoder } from '../../api/profile.ts';

export interface PoolWorker {
  name: string;
  /** Undefined while its pod runs nowhere. */
  node?: string;
  zone?: string;
  /** Takes new renditions. One that is not ready for a moment keeps what it has; one that is lost is not listed. */
  isReady: boolean;
  /** What it has is to be moved: it goes, or its node does. */
  isLeaving: boolean;
  /** Renditions that it encodes, or stands by for, at most. */
  slots: number;
  cores: number;
  hardware?: HardwareEncoder;
}

/** One rendition, as far as placing it goes by it. */
export interface RenditionDemand {
  /** Its path. */
  key: string;
  redundancy: Redundancy;
  priority: number;
  /** When it was first asked for. */
  sinceMs: number;
  cores: number;
  networkBps: number;
  hardware?: HardwareEncoder;
  /** Of its source. */
  zone?: string;
}

/** Where a rendition is encoded, by names of workers. */
export interface Placement {
  /** Those that encode it, in the order in which they are preferred: one in Warm, two in Hot. */
  active: readonly string[];
  /** In Warm, who takes over. */
  standby?: string;
  /** Those that encode it until all of `active` do. */
  leaving: readonly string[];
}

/** The order in which the copies of a rendition are listed as legs, wherever it is played: every factory shows the same. */
export function listWorkers({ active, leaving, standby }: Placement): string[] {
  return [...active, ...leaving, ...(standby === undefined ? [] : [standby])];
}

export type WaitingReason =
  /** There is no worker at all that takes renditions. */
  | 'NoWorker'
  /** None has the hardware that it asks for. */
  | 'NoHardware'
  /** All are full, or what is left is kept for those that lose their worker. */
  | 'NoRoom';

export interface WaitingRendition {
  key: string;
  reason: WaitingReason;
}

export interface PlacementInput {
  workers: readonly PoolWorker[];
  renditions: readonly RenditionDemand[];
  /** As the plans in force have it. */
  previous: ReadonlyMap<string, Placement>;
  /** By key: workers that go on with it for a moment, whoever has it. */
  lingering: ReadonlyMap<string, readonly string[]>;
  /**
   * Whether the rendition comes from that worker, and those who read it have that copy. True also where there is
   * nothing to encode: what is offline is not waited for.
   */
  isLive(key: string, worker: string): boolean;
  /** The part of the pool, from 0 to 1, that new renditions leave free. */
  standbyShare: number;
  /** The part of a worker's cores, from 0 to 1, above which it hands renditions to others. */
  targetUse: number;
  /** Whether the encoders' own figures are known. Before, what has a place and a standby keeps both, whatever it costs. */
  areCostsKnown: boolean;
}

export interface PlacementPlan {
  placements: ReadonlyMap<string, Placement>;
  /** In the order in which they get a place: by priority, then by age. */
  waiting: readonly WaitingRendition[];
  /** Those that are to leave their worker and have nowhere to go. */
  stranded: readonly string[];
  /** Those that are encoded but would not survive the loss of a node: no second copy, no standby, or on the same node. */
  exposed: readonly string[];
  use: PoolUse;
}

/** Of workers that stay. */
export interface PoolUse {
  slots: number;
  usedSlots: number;
  cores: number;
  usedCores: number;
  /** Whether what is free is at least the standby share, or of cores nearly. */
  hasStandby: boolean;
}
