import type { Cluster } from '../../cluster/cluster.ts';
import { BUDGETS } from '../../stage/budgets.ts';
import { OPERATOR_NAMESPACE } from '../../stage/installation.ts';
import type { Kubectl, KubeObject } from '../../stage/kubectl.ts';
import type { Placement } from './placement.ts';
import { isReady, type Pod, podsPath } from './pods.ts';

const DEPLOYMENT = 'deployment/cupola-operator';
const SELECTOR = 'app.kubernetes.io/component=operator';
const LEASE = 'cupola-operator';

type Lease = KubeObject & { readonly spec: { readonly holderIdentity?: string } };

/** The operator's two replicas, one a media node. */
export class Operators {
  readonly #cluster: Cluster;
  readonly #kubectl: Kubectl;
  readonly #placement: Placement;
  readonly #nodes: readonly string[];
  #frozen: string | undefined;

  constructor(cluster: Cluster, kubectl: Kubectl, placement: Placement, nodes: readonly string[]) {
    this.#cluster = cluster;
    this.#kubectl = kubectl;
    this.#placement = placement;
    this.#nodes = nodes;
  }

  /** Both run, apart from each other. */
  async restore(): Promise<void> {
    await this.#thaw();
    await this.#scale(this.#nodes.length);
    let pods = await this.#untilReady(this.#nodes.length);
    for (const node of this.#nodes) {
      if (pods.some(({ spec }) => spec.nodeName === node)) continue;
      const [, doubled] = pods.filter(({ spec }) => spec.nodeName !== node);
      if (doubled !== undefined) await this.#recreate(doubled, node);
      pods = await this.#untilReady(this.#nodes.length);
    }
  }

  /** Makes the replica on this node the leader. */
  async lead(node: string): Promise<void> {
    const leader = await this.#leader();
    if (leader.spec.nodeName === node) return;
    await this.#recreate(leader, leader.spec.nodeName ?? '');
    await this.#untilReady(this.#nodes.length);
    const now = await this.#leader();
    if (now.spec.nodeName !== node) throw new Error(`The leader is on ${now.spec.nodeName}, not on ${node}.`);
  }

  /** Hangs the leader; the next `restore` lets it run on. */
  async freezeLeader(): Promise<void> {
    const { metadata } = await this.#leader();
    this.#frozen = metadata.name;
    await this.#cluster.freeze(this.#container(metadata.name));
  }

  /** No replica runs. */
  async stopAll(): Promise<void> {
    await this.#scale(0);
    await this.#kubectl.until<Pod, boolean>(
      'No operator',
      podsPath(OPERATOR_NAMESPACE, SELECTOR),
      (pods) => pods.length === 0,
      BUDGETS.gone,
    );
  }

  async #thaw(): Promise<void> {
    if (this.#frozen === undefined) return;
    // The kubelet may have restarted it, or a drain moved it, meanwhile.
    await this.#cluster.thaw(this.#container(this.#frozen)).catch(() => undefined);
    this.#frozen = undefined;
  }

  /** The pod that holds the Lease; its name is the first part of the holder's identity. */
  #leader(): Promise<Pod> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR_NAMESPACE}/leases`;
    return this.#kubectl
      .until<Lease, Lease>(
        'A leader',
        `${path}?fieldSelector=metadata.name%3D${LEASE}`,
        ([lease]) => (lease?.spec.holderIdentity ? lease : undefined),
        BUDGETS.healed,
      )
      .then(async ({ spec }) => {
        const pods = await this.#placement.listPods(OPERATOR_NAMESPACE, SELECTOR);
        const pod = pods.find(({ metadata }) => spec.holderIdentity?.startsWith(metadata.name));
        if (pod === undefined)
          throw new Error(`The Lease is held by ${spec.holderIdentity}, which is no pod.`);
        return pod;
      });
  }

  async #recreate(pod: Pod, node: string): Promise<void> {
    await this.#placement.onlyAt(node, async () => {
      await this.#kubectl.run(['-n', OPERATOR_NAMESPACE, 'delete', 'pod', pod.metadata.name]);
      await this.#untilReady(this.#nodes.length);
    });
  }

  #untilReady(count: number): Promise<Pod[]> {
    return this.#kubectl.until<Pod, Pod[]>(
      `${count} ready operators`,
      podsPath(OPERATOR_NAMESPACE, SELECTOR),
      (pods) => {
        const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        return staying.length === count && staying.every(isReady) ? staying : undefined;
      },
      BUDGETS.chart,
    );
  }

  async #scale(replicas: number): Promise<void> {
    await this.#kubectl.run(['-n', OPERATOR_NAMESPACE, 'scale', DEPLOYMENT, `--replicas=${replicas}`]);
  }

  #container(pod: string) {
    return { namespace: OPERATOR_NAMESPACE, pod, container: 'operator' };
  }
}
