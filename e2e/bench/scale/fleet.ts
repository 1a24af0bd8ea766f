import { FEED_AUDIENCE, FEED_CA_KEY } from '@cupola/protocol';
import {
  type DeploymentObject,
  reportAvailable,
  requestToken,
  runPod,
  watchDeployments,
} from './deployment-stand-in.ts';
import { type KubeClient, KubeError, type KubeObject } from './kube-client.ts';
import { StandInAgent } from './stand-in-agent.ts';

export interface FleetOptions {
  readonly client: KubeClient;
  /** Host and port of every operator replica's feed. */
  readonly feeds: readonly string[];
  /** The name in the feed's certificate. */
  readonly feedName: string;
  /** Called when something went wrong that no retry mends. */
  readonly onError: (error: unknown) => void;
}

interface SecretObject extends KubeObject {
  data?: Record<string, string>;
}

const MANAGED = 'app.kubernetes.io/managed-by=cupola';
const RETRY_MS = 200;

/** Every media pod of the cluster without a container: a Pod object, a token bound to it, an agent on the feed. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #agents = new Map<string, StandInAgent>();
  #lastPlanMs = 0;
  #plans = 0;
  #isClosed = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#agents.size;
  }

  /** How many plans have come in over the feed, all agents together, and when the last did (ms since the epoch). */
  get deliveries(): { readonly plans: number; readonly lastMs: number } {
    return { plans: this.#plans, lastMs: this.#lastPlanMs };
  }

  /** Connections to all replicas. */
  get connections(): number {
    return [...this.#agents.values()].reduce((sum, agent) => sum + agent.connections, 0);
  }

  /** The revision of the plan that each workload has been sent, 0 before the first. */
  get revisions(): ReadonlyMap<string, number> {
    return new Map([...this.#agents].map(([workload, agent]) => [workload, agent.planRevision]));
  }

  /** Serves every Deployment of ours from now on. */
  start(): void {
    const { client, onError } = this.#options;
    watchDeployments(
      client,
      MANAGED,
      (deployment) => void this.#serve(deployment).catch(onError),
      (deployment) => void reportAvailable(client, deployment).catch(onError),
    ).catch((error) => {
      if (!this.#isClosed) onError(error);
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const agent of this.#agents.values()) agent.close();
  }

  async #serve(deployment: DeploymentObject): Promise<void> {
    const { client } = this.#options;
    const { namespace = '', name } = deployment.metadata;
    const workload = `${namespace}/${name}`;
    const address = this.#agents.size + 1;
    const podIp = `10.99.${address >> 8}.${address & 255}`;
    // The tier's ServiceAccount may be written after its Deployment: admission refuses the pod until it is there.
    const pod = retryWhile([403, 404], () => runPod(client, deployment, podIp));
    const credentials = pod.then(async (it) => ({
      token: await requestToken(client, it, FEED_AUDIENCE),
      ca: await this.#readAuthority(deployment),
    }));
    credentials.catch(this.#options.onError);
    const agent = new StandInAgent({
      workload,
      credentials,
      serverName: this.#options.feedName,
      localAddress: `127.99.${address >> 8}.${address & 255}`,
      replicas: this.#options.feeds,
      onPlan: () => {
        this.#plans++;
        this.#lastPlanMs = Date.now();
      },
    });
    this.#agents.set(workload, agent);
    await pod;
    await reportAvailable(client, deployment);
    if (!this.#isClosed) agent.start();
  }

  async #readAuthority(deployment: DeploymentObject): Promise<string> {
    const { namespace } = deployment.metadata;
    const name = deployment.spec.template.spec.volumes.find((volume) => volume.secret)?.secret?.secretName;
    const secret = await retryWhile([404], () =>
      this.#options.client.get<SecretObject>(`/api/v1/namespaces/${namespace}/secrets/${name}`),
    );
    return Buffer.from(secret.data?.[FEED_CA_KEY] ?? '', 'base64').toString('utf8');
  }
}

/** Tries again as long as the answer is one that time mends. */
async function retryWhile<T>(statuses: readonly number[], attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof KubeError && statuses.includes(error.status))) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
