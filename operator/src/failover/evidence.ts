/**
 * What is known of one shard at one moment: all that verdicts and switches go by. Times are milliseconds of one
 * monotonic clock, unless they say otherwise.
 */
import type { Failover, SwitchReason } from '../api/failover.ts';
import type { Side } from '../api/labels.ts';

/** What a connection attempt to one port of a pod came to. */
export type ProbeAnswer = 'answers' | 'refused' | 'silent';

export interface ProbeResult {
  /** When it began. */
  atMs: number;
  mediamtx: ProbeAnswer;
  agent: ProbeAnswer;
}

/** What the agent of a side has said of itself to this operator replica. */
export interface AgentWord {
  isConnected: boolean;
  /** When anything was last heard; when the connection was lost, where it is not connected. */
  heardMs: number;
  /** When its MediaMTX last answered it; undefined where it never did. */
  wellMs?: number;
  isMediamtxUp: boolean;
}

export interface SideEvidence {
  /** The newest pod that has an address; undefined where there is none. */
  pod?: {
    isReady: boolean;
    /** It is being shut down. */
    isLeaving: boolean;
    isNodeCordoned: boolean;
  };
  /** Undefined where this replica has never heard it. */
  agent?: AgentWord;
  /** The newest, of the pod that there is. */
  probe?: ProbeResult;
  /** Paths that viewers are served here, of those which both sides are to carry. */
  online: ReadonlySet<string>;
  isInMaintenance: boolean;
}

export interface ShardEvidence {
  activeSide: Side;
  sides: Readonly<Record<Side, SideEvidence>>;
  /** A relay has no stream without its agent, a factory goes on with those it has. */
  isUselessWithoutAgent: boolean;
  failover: Failover;
  /** Of the last switch, where there was one. */
  lastReason?: SwitchReason;
  /** The side that a person asks for, and has not been given. */
  requested?: Side;
  /** While the active side waits for its new version of the pod, and the other has it. */
  upgrade?: Upgrade;
  /** Since when this process has run on time: what it did not hear before, it may have failed to hear. */
  attentiveSinceMs: number;
}

export interface Upgrade {
  /** The side that has the new version. */
  side: Side;
  /** Streams that a tier after this one has from the active side, and not from that one yet, as `<workload> <path>`. */
  unplayed: readonly string[];
}

/** What is remembered of a shard from one look to the next. */
export interface ShardMemory {
  /** Since when the active side has been down. */
  downSinceMs?: number;
  /** Since when the other side has served more than the active one. */
  lessSinceMs?: number;
  /** Since when the upgraded side has carried all that the active one does, and tiers after it have had it from there. */
  carriedSinceMs?: number;
  /** Since when the preferred side has been whole, while the other one is active. */
  wholeSinceMs?: number;
}
