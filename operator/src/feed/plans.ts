import type { Caches, SecretObject } from '../kube/caches.ts';
import type { StoreChange } from '../kube/store.ts';
import type { AgentConnection } from './connection.ts';
import { type PlanIndex, readPlan } from './plan-index.ts';

export interface PlanSenderOptions {
  secrets: Caches['Secret'];
  index: PlanIndex;
  /** Those of a workload that are connected to this replica. */
  connectionsOf: (workload: string) => readonly AgentConnection[];
  onSent: () => void;
}

/**
 * Sends each agent the newest plan of its workload, as the plan Secret has it: a plan is durable before any agent
 * acts on it, and both replicas deliver. An agent is sent no plan that is not newer than its own.
 */
export class PlanSender {
  readonly #options: PlanSenderOptions;

  constructor(options: PlanSenderOptions) {
    this.#options = options;
  }

  /** A change of the Secret cache; returns the workload whose plan changed, if any. */
  takeSecret(change: StoreChange<SecretObject>): string | undefined {
    const workload = this.#options.index.take(change);
    if (workload === undefined) return undefined;
    for (const connection of this.#options.connectionsOf(workload)) this.deliver(connection);
    return workload;
  }

  /** To an agent that said hello, or whose plan may have changed. */
  deliver(connection: AgentConnection): void {
    const { workload, pod } = connection.identity;
    if (this.#options.index.revisionOf(workload) <= connection.planRevision) return;
    const name = workload.slice(pod.namespace.length + 1);
    const secret = this.#options.secrets.get(pod.namespace, `${name}-plan`);
    const plan = secret === undefined ? undefined : readPlan(secret);
    // A Secret that holds another workload's plan was not written by us.
    if (plan === undefined || plan.workload !== workload) return;
    connection.planRevision = plan.revision;
    connection.send({ type: 'plan', plan });
    this.#options.onSent();
  }
}
