import { LABELS } from '../api/labels.ts';
import type { PodObject } from '../kube/caches.ts';
import { isPodReady } from '../kube/pod-ready.ts';
import type { StoreChange } from '../kube/store.ts';

/** The pods of each media workload, found without a look at all the others. */
export class WorkloadPods {
  readonly #pods = new Map<string, Map<string, PodObject>>();

  /** Returns the workload (`<namespace>/<name>`) whose pods changed, if any. */
  take(change: StoreChange<PodObject>): string | undefined {
    const pod = change.type === 'deleted' ? change.previous : change.object;
    const name = pod.metadata.labels?.[LABELS.workload];
    if (name === undefined) return undefined;
    const workload = `${pod.metadata.namespace}/${name}`;
    const pods = this.#pods.get(workload) ?? new Map<string, PodObject>();
    if (change.type === 'deleted') pods.delete(pod.metadata.name);
    else pods.set(pod.metadata.name, pod);
    if (pods.size === 0) this.#pods.delete(workload);
    else this.#pods.set(workload, pods);
    return workload;
  }

  /** The one that counts: of those that have an address the newest that is ready, else the newest. */
  find(workload: string): PodObject | undefined {
    const pods = [...(this.#pods.get(workload)?.values() ?? [])].filter(hasAddress).sort(byAge);
    return pods.findLast(isPodReady) ?? pods.at(-1);
  }
}

function hasAddress({ status }: PodObject): boolean {
  return status.podIP !== undefined && status.phase !== 'Failed' && status.phase !== 'Succeeded';
}

function byAge(a: PodObject, b: PodObject): number {
  const [left = '', right = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return left < right ? -1 : left > right ? 1 : 0;
}
