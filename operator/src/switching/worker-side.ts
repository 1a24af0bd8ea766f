import { LABELS } from '../api/labels.ts';
import type { SideWord } from '../feed/sides.ts';
import type { Caches } from '../kube/caches.ts';

/** A worker of a pool has no other side, and nobody is led to it: when its pod is shut down it waits for no switch. */
const NO_SIDE: SideWord = { active: false, readers: 'Finish' };

/** What the agent of a worker is told of its side; undefined where the workload is none. */
export function findWorkerSide(workload: string, caches: Pick<Caches, 'Deployment'>): SideWord | undefined {
  const [namespace = '', name = ''] = workload.split('/');
  const labels = caches.Deployment.get(namespace, name)?.metadata.labels;
  return labels?.[LABELS.worker] === undefined ? undefined : NO_SIDE;
}
