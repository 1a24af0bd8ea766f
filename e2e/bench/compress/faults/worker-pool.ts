import { LABELS } from '../../../../operator/src/api/labels.ts';
import { BUDGETS } from '../../../stage/budgets.ts';
import type { Kubectl } from '../../../stage/kubectl.ts';
import { type LiveWorker, untilWorkers } from '../../../stage/live-pool.ts';
import { isReady, type Pod, podsPath } from '../../fault-ground/pods.ts';

export const POOL = 'encoders';
/** Room for all renditions on one worker, and for two workers on one node. */
const CPU_MILLIS = 700;

/** A pool whose workers a person counts. */
export class WorkerPool {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  #upgrades = 0;

  constructor(kubectl: Kubectl, namespace: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
  }

  async apply(): Promise<void> {
    const spec = { replicas: 1, autoscaling: { mode: 'Manual' }, resources: this.#resources };
    const metadata = { name: POOL, namespace: this.#namespace };
    await this.#kubectl.apply([
      { apiVersion: 'cupola.dev/v1alpha1', kind: 'CompressorPool', metadata, spec },
    ]);
    await this.untilWorkers(1);
  }

  /** Resolves when there are so many workers, all ready and none about to go. */
  async scaleTo(count: number): Promise<LiveWorker[]> {
    const args = ['-n', this.#namespace, 'scale', `compressorpool/${POOL}`, `--replicas=${count}`];
    await this.#kubectl.run(args);
    return this.untilWorkers(count);
  }

  untilWorkers(count: number): Promise<LiveWorker[]> {
    const budgetMs = BUDGETS.healed * 2;
    return untilWorkers(this.#kubectl, this.#namespace, (there) => there === count, budgetMs);
  }

  /** Changes the template of the workers' pods; resolves when each is another, and ready. */
  async upgrade(): Promise<void> {
    const path = podsPath(this.#namespace, `${LABELS.name}=compressor-pool`);
    const before = await this.#kubectl.get<{ items: Pod[] }>(path);
    const old = new Set(before.items.map(({ metadata }) => metadata.name));
    this.#upgrades += 1;
    const spec = { resources: this.#resources };
    await this.#kubectl.patch(this.#namespace, `compressorpools.cupola.dev/${POOL}`, { spec });
    await this.#kubectl.until<Pod, boolean>(
      'upgraded workers',
      path,
      (pods) => {
        const areNew = pods.every((pod) => !old.has(pod.metadata.name) && isReady(pod));
        return pods.length === old.size && areNew;
      },
      BUDGETS.healed * 3,
    );
  }

  get #resources() {
    const requests = { cpu: `${CPU_MILLIS + (this.#upgrades % 2)}m`, memory: '256Mi' };
    return { agent: { requests } };
  }
}
