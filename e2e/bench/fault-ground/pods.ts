import type { Kubectl, KubeObject } from '../../stage/kubectl.ts';

export type Pod = KubeObject & {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
};

export function isReady(pod: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp === undefined &&
    (pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false)
  );
}

/** The path of the pods of a namespace that a selector matches. */
export function podsPath(namespace: string, selector: string): string {
  return `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
}

/** The one pod that a selector matches and that is not on its way out. */
export async function findPod(kubectl: Kubectl, namespace: string, selector: string): Promise<Pod> {
  const { items } = await kubectl.get<{ items: Pod[] }>(podsPath(namespace, selector));
  const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [pod] = staying;
  if (pod === undefined || staying.length > 1)
    throw new Error(`${staying.length} pods of ${namespace} are ${selector}, not one`);
  return pod;
}

/** Resolves with the pod when exactly one that the selector matches stays, and is ready, and passes the check. */
export function untilPodReady(
  kubectl: Kubectl,
  namespace: string,
  selector: string,
  budgetMs: number,
  check: (pod: Pod) => boolean = () => true,
): Promise<Pod> {
  return kubectl.until<Pod, Pod>(
    `A ready pod ${selector} in ${namespace}`,
    podsPath(namespace, selector),
    (pods) => {
      const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const [pod] = staying;
      return pod !== undefined && staying.length === 1 && isReady(pod) && check(pod) ? pod : undefined;
    },
    budgetMs,
  );
}
