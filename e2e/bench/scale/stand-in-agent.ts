import { Agent } from 'node:https';
import {
  type AgentMessage,
  FEED_PATH,
  HEARTBEAT_INTERVAL_MS,
  type MediaPlan,
  type OperatorMessage,
} from '@cupola/protocol';
import { WebSocket } from 'ws';

export interface StandInAgentOptions {
  /** `<namespace>/<name>` of the Deployment it stands for. */
  readonly workload: string;
  /**
   * A token, bound to the pod, with the feed's audience, and the feed's certificate authority (PEM) from the plan
   * Secret: what a kubelet mounts, and keeps for longer than the bench takes.
   */
  readonly credentials: Promise<{ token: string; ca: string }>;
  /** A loopback address of its own: the feed's server takes few connections at once from one. */
  readonly localAddress: string;
  /** The name in the feed's certificate. */
  readonly serverName: string;
  /** Host and port of every operator replica. */
  readonly replicas: readonly string[];
  /** Told of every plan that is newer than the last. */
  readonly onPlan: (plan: MediaPlan) => void;
}

/** An agent's pauses between attempts: doubling, half of each by chance. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/**
 * Speaks the feed as an agent does and serves nobody: every path of its plan is online the moment it is planned.
 *
 * Keeps one connection to each replica, and opens it again when it closes.
 */
export class StandInAgent {
  readonly #options: StandInAgentOptions;
  readonly #sockets = new Map<string, WebSocket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  #plan: MediaPlan | undefined;
  #isClosed = false;

  constructor(options: StandInAgentOptions) {
    this.#options = options;
  }

  /** 0 before the first plan. */
  get planRevision(): number {
    return this.#plan?.revision ?? 0;
  }

  /** On how many replicas' feeds it is. */
  get connections(): number {
    return [...this.#sockets.values()].filter((socket) => socket.readyState === WebSocket.OPEN).length;
  }

  start(): void {
    for (const replica of this.#options.replicas) void this.#dial(replica);
    const heartbeat = setInterval(() => this.#sendAll(this.#heartbeat()), HEARTBEAT_INTERVAL_MS);
    this.#timers.add(heartbeat);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets.values()) socket.terminate();
  }

  async #dial(replica: string): Promise<void> {
    try {
      const { serverName, localAddress } = this.#options;
      const { token, ca } = await this.#options.credentials;
      if (this.#isClosed) return;
      const socket = new WebSocket(`wss://${replica}${FEED_PATH}`, {
        agent: new Agent({ ca, servername: serverName, localAddress }),
        perMessageDeflate: false,
        headers: { authorization: `Bearer ${token}` },
      });
      this.#sockets.set(replica, socket);
      socket.on('open', () => {
        this.#failures.delete(replica);
        this.#greet(socket);
      });
      socket.on('message', (data) => this.#take(JSON.parse(String(data)) as OperatorMessage));
      // What a refused or broken connection says follows as its close.
      socket.on('error', () => {});
      socket.on('close', () => this.#redial(replica));
    } catch {
      this.#redial(replica);
    }
  }

  #redial(replica: string): void {
    if (this.#isClosed) return;
    const failures = this.#failures.get(replica) ?? 0;
    this.#failures.set(replica, failures + 1);
    const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        void this.#dial(replica);
      },
      (pauseMs / 2) * (1 + Math.random()),
    );
    this.#timers.add(timer);
  }

  #greet(socket: WebSocket): void {
    const hello = { type: 'hello', workload: this.#options.workload, agentVersion: 'bench' } as const;
    socket.send(JSON.stringify({ ...hello, planRevision: this.planRevision } satisfies AgentMessage));
    socket.send(JSON.stringify(this.#states()));
  }

  #take(message: OperatorMessage): void {
    if (message.type !== 'plan' || message.plan.revision <= this.planRevision) return;
    this.#plan = message.plan;
    this.#options.onPlan(message.plan);
    this.#sendAll(this.#states());
  }

  #sendAll(message: AgentMessage): void {
    const text = JSON.stringify(message);
    for (const socket of this.#sockets.values()) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    }
  }

  #heartbeat(): AgentMessage {
    return { type: 'heartbeat', planRevision: this.planRevision, mediamtxUp: true, mediamtxQuietMs: 0 };
  }

  #states(): AgentMessage {
    const paths = (this.#plan?.paths ?? []).map(({ path, source }) => ({
      path,
      online: true,
      sinceMs: this.planRevision,
      tracks: ['H264', 'MPEG-4 Audio'],
      ...(source.from === 'legs' && { legs: source.legs.map(({ id }) => ({ id, state: 'live' as const })) }),
    }));
    return { type: 'states', complete: true, paths };
  }
}
