/**
 * The agent's end of the feed: one connection to every operator replica, whose addresses the headless Service gives.
 * Nothing in the pod waits for it; with no replica there the agent goes on with the plan it has.
 */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { AgentMessage, OperatorMessage, PathState } from '@cupola/protocol';
import { FeedConnection } from './feed-connection.ts';

/** A replica that is new is found this soon. */
const RESOLVE_INTERVAL_MS = 2_000;

export interface FeedClientOptions {
  /** `wss://host:port`. */
  readonly url: string;
  readonly workload: string;
  readonly agentVersion: string;
  /** Projected service account token. */
  readonly tokenFile: string;
  readonly authorityFile: string;
  planRevision(): number;
  isMediamtxUp(): boolean;
  /** Since when MediaMTX has not answered, ms ago. */
  mediamtxQuietMs(): number;
  /** Every path of the plan. */
  states(): PathState[];
  onMessage(message: OperatorMessage): void;
  onConnected(address: string): void;
  onLost(address: string, reason: string): void;
  /** Something worth one line in the log. */
  onProblem(problem: string): void;
  readonly random: () => number;
  /** The replicas' addresses; DNS by default. */
  resolve?(host: string): Promise<string[]>;
}

export class FeedClient {
  readonly #options: FeedClientOptions;
  readonly #url: URL;
  readonly #connections = new Map<string, FeedConnection>();
  #timer: NodeJS.Timeout | undefined;
  #resolving = false;
  #closed = false;
  #lastProblem = '';

  constructor(options: FeedClientOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
  }

  /** Connections that are open. */
  get openCount(): number {
    let count = 0;
    for (const connection of this.#connections.values()) if (connection.isOpen) count++;
    return count;
  }

  start(): void {
    void this.#resolve();
    this.#timer = setInterval(() => void this.#resolve(), RESOLVE_INTERVAL_MS);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  /** Tells every replica what changed, or, after the plan did, everything. */
  sendStates(paths: PathState[], complete: boolean): void {
    for (const connection of this.#connections.values()) connection.send({ type: 'states', complete, paths });
  }

  /** Tells every replica at once what the next heartbeat would tell. */
  sendHeartbeat(): void {
    for (const connection of this.#connections.values()) connection.send(this.#beat());
  }

  #beat(): AgentMessage {
    const { planRevision, isMediamtxUp, mediamtxQuietMs } = this.#options;
    return {
      type: 'heartbeat',
      planRevision: planRevision(),
      mediamtxUp: isMediamtxUp(),
      mediamtxQuietMs: Math.round(mediamtxQuietMs()),
    };
  }

  async #resolve(): Promise<void> {
    if (this.#resolving) return;
    this.#resolving = true;
    try {
      const resolve = this.#options.resolve ?? resolveHost;
      this.#adopt(new Set(await resolve(this.#url.hostname)));
    } catch (error) {
      // The addresses last known are kept.
      this.#problem(`the feed's name does not resolve: ${(error as Error).message}`);
    } finally {
      this.#resolving = false;
    }
  }

  /** An address that is gone from DNS keeps its connection for as long as that lives. */
  #adopt(addresses: ReadonlySet<string>): void {
    if (this.#closed) return;
    for (const [address, connection] of this.#connections) {
      if (addresses.has(address) || connection.isOpen) continue;
      connection.close();
      this.#connections.delete(address);
    }
    for (const address of addresses) {
      if (this.#connections.has(address)) continue;
      const connection = this.#connect(address);
      this.#connections.set(address, connection);
      connection.start();
    }
  }

  #connect(address: string): FeedConnection {
    const options = this.#options;
    return new FeedConnection({
      url: this.#url,
      address,
      random: options.random,
      readCredentials: async () => ({
        authority: await readFile(options.authorityFile, 'utf8'),
        token: (await readFile(options.tokenFile, 'utf8')).trim(),
      }),
      greet: () => this.#greet(),
      heartbeat: () => this.#beat(),
      onMessage: options.onMessage,
      onOpen: () => {
        this.#lastProblem = '';
        options.onConnected(address);
      },
      onLost: (reason, wasOpen) => {
        if (wasOpen) options.onLost(address, reason);
        else this.#problem(`the feed at ${address} does not open: ${reason}`);
        void this.#resolve();
      },
      onUnknown: (problem) => options.onProblem(`the feed at ${address} sent ${problem}`),
    });
  }

  #greet(): AgentMessage[] {
    const { workload, agentVersion } = this.#options;
    return [
      { type: 'hello', workload, agentVersion, planRevision: this.#options.planRevision() },
      { type: 'states', complete: true, paths: this.#options.states() },
    ];
  }

  /** The same problem over and over is one line. */
  #problem(problem: string): void {
    if (problem === this.#lastProblem || this.#closed) return;
    this.#lastProblem = problem;
    this.#options.onProblem(problem);
  }
}

/** Of one family: in a dual-stack cluster a replica has an address of each, and wants one connection. */
async function resolveHost(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  const family = found.some((each) => each.family === 4) ? 4 : 6;
  return found.filter((each) => each.family === family).map((each) => each.address);
}
