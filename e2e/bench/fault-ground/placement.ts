import { BUDGETS } from '../../stage/budgets.ts';
import type { Kubectl } from '../../stage/kubectl.ts';
import { findPod, type Pod, podsPath, untilPodReady } from './pods.ts';

/** Puts pods on the nodes where a comparison wants them, with the means of a person: cordon, delete, uncordon. */
export class Placement {
  readonly #kubectl: Kubectl;
  readonly #nodes: readonly string[];

  /** @param nodes those that carry media */
  constructor(kubectl: Kubectl, nodes: readonly string[]) {
    this.#kubectl = kubectl;
    this.#nodes = nodes;
  }

  /** Resolves when the one pod that the selector matches is ready on this node; moves it there if need be. */
  async keepAt(namespace: string, selector: string, node: string): Promise<void> {
    const pod = await findPod(this.#kubectl, namespace, selector).catch(() => undefined);
    const isThere = ({ spec }: Pod) => spec.nodeName === node;
    if (pod === undefined || isThere(pod)) {
      const ready = await untilPodReady(this.#kubectl, namespace, selector, BUDGETS.healed);
      if (isThere(ready)) return;
    }
    await this.onlyAt(node, async () => {
      await this.#kubectl.run(['-n', namespace, 'delete', 'pod', '-l', selector, '--wait=false']);
      await untilPodReady(this.#kubectl, namespace, selector, BUDGETS.healed, isThere);
    });
  }

  /** What is scheduled during the work goes to this node. */
  async onlyAt(node: string, work: () => Promise<void>): Promise<void> {
    const others = this.#nodes.filter((name) => name !== node);
    for (const other of others) await this.#kubectl.run(['cordon', other]);
    try {
      await work();
    } finally {
      for (const other of others) await this.#kubectl.run(['uncordon', other]);
    }
  }

  /** Makes every node schedulable again. */
  async uncordonAll(): Promise<void> {
    for (const node of this.#nodes) await this.#kubectl.run(['uncordon', node]);
  }

  async listPods(namespace: string, selector: string): Promise<Pod[]> {
    const { items } = await this.#kubectl.get<{ items: Pod[] }>(podsPath(namespace, selector));
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }
}
