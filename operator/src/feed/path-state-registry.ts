import { isDeepStrictEqual } from 'node:util';
import type { AgentMessage, PathState } from '@cupola/protocol';
import type { PathStates, WorkloadState } from './path-states.ts';

/** One connection's word, kept apart from that of another pod of the same workload. */
interface Session {
  podUid: string;
  /** Of two pods of one workload the younger rules: the other is on its way out. */
  podCreated: string;
  state: WorkloadState & { paths: Map<string, PathState> };
}

type Listener = (workload: string, paths: readonly string[]) => void;

/** More paths than any plan has: an agent that names more is not told apart from a hostile one. */
export const MAX_PATHS = 2_000;

export class PathStateRegistry implements PathStates {
  readonly #sessions = new Map<string, Session[]>();
  /** The word of workloads none of whose agents is connected. */
  readonly #last = new Map<string, { podUid: string; state: WorkloadState }>();
  readonly #listeners = new Set<Listener>();
  readonly #nowMs: () => number;

  /** `nowMs`: monotonic. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get(workload: string): WorkloadState | undefined {
    return (this.#ruling(workload) ?? this.#last.get(workload))?.state;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An agent said hello. A session of the same pod is forgotten with its word. */
  connect(workload: string, pod: { uid: string; created: string }, planRevision: number): void {
    const before = this.#ruling(workload) ?? this.#last.get(workload);
    const others = (this.#sessions.get(workload) ?? []).filter((session) => session.podUid !== pod.uid);
    const state: Session['state'] = {
      connected: true,
      planRevision,
      mediamtxUp: false,
      heardMs: this.#nowMs(),
      paths: new Map<string, PathState>(),
    };
    // Until its first states come, what was known stands: a reconnection is no outage. Another pod has no stream yet.
    if (before !== undefined) {
      state.mediamtxUp = before.state.mediamtxUp;
      if (before.state.wellMs !== undefined) state.wellMs = before.state.wellMs;
      if (before.podUid === pod.uid) state.paths = new Map(before.state.paths);
    }
    const session = { podUid: pod.uid, podCreated: pod.created, state };
    this.#sessions.set(workload, [...others, session].sort(byAge));
    this.#last.delete(workload);
    this.#tell(workload, []);
  }

  disconnect(workload: string, podUid: string): void {
    const sessions = this.#sessions.get(workload) ?? [];
    const gone = sessions.find((session) => session.podUid === podUid);
    if (gone === undefined) return;
    const left = sessions.filter((session) => session !== gone);
    if (left.length > 0) {
      this.#sessions.set(workload, left);
    } else {
      this.#sessions.delete(workload);
      const state = { ...gone.state, connected: false, heardMs: this.#nowMs() };
      this.#last.set(workload, { podUid, state });
    }
    this.#tell(workload, []);
  }

  /** False where the agent names more paths than are possible. */
  take(workload: string, podUid: string, message: Exclude<AgentMessage, { type: 'hello' }>): boolean {
    const session = this.#sessions.get(workload)?.find((one) => one.podUid === podUid);
    if (session === undefined) return true;
    session.state.heardMs = this.#nowMs();
    const changed =
      message.type === 'heartbeat' ? takeHeartbeat(session, message) : takeStates(session, message);
    if (changed !== undefined && this.#ruling(workload) === session) this.#tell(workload, changed);
    return session.state.paths.size <= MAX_PATHS;
  }

  /** The workload is no more. */
  forget(workload: string): void {
    this.#last.delete(workload);
  }

  #ruling(workload: string): Session | undefined {
    return this.#sessions.get(workload)?.at(-1);
  }

  #tell(workload: string, paths: readonly string[]): void {
    for (const listener of this.#listeners) listener(workload, paths);
  }
}

function byAge(a: Session, b: Session): number {
  return a.podCreated < b.podCreated ? -1 : a.podCreated > b.podCreated ? 1 : 0;
}

/** The paths that changed: none by a heartbeat; undefined where nothing at all did. */
function takeHeartbeat(
  session: Session,
  message: Extract<AgentMessage, { type: 'heartbeat' }>,
): readonly string[] | undefined {
  const { state } = session;
  // A frozen MediaMTX is taken for well until it is late to answer: its last answer counts.
  if (message.mediamtxUp || state.wellMs !== undefined)
    state.wellMs = state.heardMs - message.mediamtxQuietMs;
  if (state.planRevision === message.planRevision && state.mediamtxUp === message.mediamtxUp)
    return undefined;
  state.planRevision = message.planRevision;
  state.mediamtxUp = message.mediamtxUp;
  return [];
}

function takeStates(
  session: Session,
  message: Extract<AgentMessage, { type: 'states' }>,
): readonly string[] | undefined {
  const { paths } = session.state;
  const changed: string[] = [];
  for (const next of message.paths) {
    if (isDeepStrictEqual(paths.get(next.path), next)) continue;
    paths.set(next.path, next);
    changed.push(next.path);
  }
  if (message.complete) {
    const named = new Set(message.paths.map((state) => state.path));
    for (const path of paths.keys()) {
      if (named.has(path)) continue;
      paths.delete(path);
      changed.push(path);
    }
  }
  return changed.length > 0 ? changed : undefined;
}
