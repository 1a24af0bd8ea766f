/** The feed as a whole: the server, what agents say, and what they are told. */
import type { AgentMessage } from '@cupola/protocol';
import type { Logger } from 'pino';
import type { Caches, SecretObject } from '../kube/caches.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import { keyOf } from '../kube/object.ts';
import type { StoreChange } from '../kube/store.ts';
import type { OperatorMetrics } from '../metrics/operator-metrics.ts';
import { authenticateAgent } from './authenticate.ts';
import type { AgentConnection } from './connection.ts';
import { PathStateRegistry } from './path-state-registry.ts';
import { PlanIndex } from './plan-index.ts';
import { PlanSender } from './plans.ts';
import { Plays } from './plays.ts';
import { FeedServer, type ServerTls } from './server.ts';
import { SideAnnouncer, type SideWord } from './sides.ts';
import { SourceAnnouncer } from './sources.ts';

export interface FeedOptions {
  port: number;
  host?: string;
  tls: ServerTls;
  client: KubeClient;
  caches: Pick<Caches, 'Pod' | 'Deployment' | 'Secret'>;
  /** What an agent is told of its side; undefined where its shard is not known. */
  sideOf: (workload: string) => SideWord | undefined;
  /** Called each second, by the loop that looks for silent agents. */
  onSweep?: () => void;
  clock: Clock;
  logger: Logger;
  metrics: OperatorMetrics;
}

export class Feed {
  readonly states: PathStateRegistry;
  readonly plays: Plays;
  readonly #options: FeedOptions;
  readonly #server: FeedServer;
  readonly #index = new PlanIndex();
  readonly #plans: PlanSender;
  readonly #sources: SourceAnnouncer;
  readonly #sides: SideAnnouncer;
  /** By workload; more than one while a pod is being replaced. */
  readonly #greeted = new Map<string, AgentConnection[]>();

  constructor(options: FeedOptions) {
    this.#options = options;
    const { metrics, caches, client, clock } = options;
    this.states = new PathStateRegistry(() => clock.nowMs());
    const index = this.#index;
    this.plays = new Plays(this.states, index);
    const connectionsOf = (workload: string) => this.#greeted.get(workload) ?? [];
    const countSent = (type: string) => metrics.feedMessages.inc({ direction: 'out', type });
    this.#plans = new PlanSender({
      secrets: caches.Secret,
      index,
      connectionsOf,
      onSent: () => countSent('plan'),
    });
    this.#sources = new SourceAnnouncer({
      states: this.states,
      index,
      connectionsOf,
      onSent: () => countSent('sources'),
    });
    this.#sides = new SideAnnouncer({
      sideOf: options.sideOf,
      connectionsOf,
      onSent: () => countSent('side'),
    });
    this.states.onChange((workload, paths) => this.#sources.takeStates(workload, paths));
    this.#server = new FeedServer({
      ...options,
      authenticate: (authorization) => authenticateAgent(authorization, client, caches),
      onMessage: (connection, message) => this.#hear(connection, message),
      onGone: (connection) => this.#takeLeave(connection),
    });
    for (const secret of caches.Secret.list()) {
      this.#plans.takeSecret({ type: 'added', key: keyOf(secret), object: secret });
    }
  }

  get isListening(): boolean {
    return this.#server.isListening;
  }

  get port(): number {
    return this.#server.port;
  }

  /** Agents that said hello to this replica. */
  get agents(): number {
    return this.#server.connections.length;
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  replaceCertificate(tls: ServerTls): void {
    this.#server.replaceCertificate(tls);
  }

  /** Takes each change of the Secret cache. */
  takeSecret(change: StoreChange<SecretObject>): void {
    const workload = this.#plans.takeSecret(change);
    if (workload === undefined) return;
    if (change.type === 'deleted' && !this.#greeted.has(workload)) this.#forgetWorkload(workload);
    for (const connection of this.#greeted.get(workload) ?? []) this.#sources.deliver(connection);
  }

  /** The workload's shard was switched, or its tier says otherwise of viewers. */
  announceSide(workload: string): void {
    this.#sides.announce(workload);
  }

  #hear(connection: AgentConnection, message: AgentMessage): void {
    const { workload, pod } = connection.identity;
    if (message.type === 'hello') {
      this.#greet(connection, message.planRevision, message.agentVersion);
    } else if (!this.states.take(workload, pod.uid, message)) {
      connection.close('invalid', 'more paths than any plan has');
    }
  }

  #greet(connection: AgentConnection, planRevision: number, agentVersion: string): void {
    const { workload, pod } = connection.identity;
    this.#options.logger.info({ workload, pod: pod.name, planRevision, agentVersion }, 'agent connected');
    connection.planRevision = planRevision;
    this.#greeted.set(workload, [...(this.#greeted.get(workload) ?? []), connection]);
    this.states.connect(workload, pod, planRevision);
    this.#plans.deliver(connection);
    this.#sources.deliver(connection);
    this.#sides.deliver(connection);
  }

  #takeLeave(connection: AgentConnection): void {
    const { workload, pod } = connection.identity;
    const left = (this.#greeted.get(workload) ?? []).filter((one) => one !== connection);
    if (left.length > 0) this.#greeted.set(workload, left);
    else this.#greeted.delete(workload);
    this.states.disconnect(workload, pod.uid);
    const name = workload.slice(pod.namespace.length + 1);
    const hasPlan = this.#index.revisionOf(workload) > 0;
    const isMade = this.#options.caches.Deployment.get(pod.namespace, name) !== undefined;
    if (left.length === 0 && !hasPlan && !isMade) this.#forgetWorkload(workload);
  }

  /** It is no more: a pod outlives its plan for as long as it is drained. */
  #forgetWorkload(workload: string): void {
    this.states.forget(workload);
    this.#sources.forget(workload);
  }
}
