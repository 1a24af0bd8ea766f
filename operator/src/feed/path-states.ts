import type { PathState } from '@cupola/protocol';

/** What is known of one media workload by its agent's word. */
export interface WorkloadState {
  /** Whether its agent is on the feed now. What follows is its last word where it is not. */
  connected: boolean;
  /** Of the plan in force there. */
  planRevision: number;
  mediamtxUp: boolean;
  /** When anything was last heard of it, or its connection was lost; monotonic, ms. */
  heardMs: number;
  /** When MediaMTX last answered its agent; undefined where it never did. */
  wellMs?: number;
  paths: ReadonlyMap<string, PathState>;
}

/** The agents' newest word, by workload (`<namespace>/<name>`). Survives a reconnection, not the operator. */
export interface PathStates {
  /** Undefined where the workload's agent has not been heard since this operator started. */
  get(workload: string): WorkloadState | undefined;
  /**
   * Called after a change: `paths` are those whose `online`, `tracks` or legs changed; empty where only the
   * connection, the plan revision or `mediamtxUp` did. Returns what unsubscribes.
   */
  onChange(listener: (workload: string, paths: readonly string[]) => void): () => void;
}
