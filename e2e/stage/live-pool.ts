import type { CompressorPoolStatus } from '../../operator/src/api/compressor-pool.ts';
import type { Kubectl, KubeObject } from './kubectl.ts';

export type LivePool = KubeObject & {
  readonly spec: { readonly replicas: number };
  readonly status?: CompressorPoolStatus;
};
export type LiveWorker = NonNullable<CompressorPoolStatus['workers']>[number];

/** Of the CompressorPools of a namespace. */
export function poolsPath(namespace: string): string {
  return `/apis/cupola.dev/v1alpha1/namespaces/${namespace}/compressorpools`;
}

/** Resolves with the workers of the namespace's one pool when their number is right, and all are ready and staying. */
export function untilWorkers(
  kubectl: Kubectl,
  namespace: string,
  isRight: (count: number) => boolean,
  budgetMs: number,
): Promise<LiveWorker[]> {
  return kubectl.until<LivePool, LiveWorker[]>(
    `The workers of ${namespace}`,
    poolsPath(namespace),
    ([pool]) => {
      const workers = pool?.status?.workers ?? [];
      const areWhole = workers.every(({ ready, leaving }) => ready && !leaving);
      return isRight(workers.length) && areWhole ? workers : undefined;
    },
    budgetMs,
  );
}
