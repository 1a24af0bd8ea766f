import type { KubeClient, KubeObject, WatchEvent } from './kube-client.ts';

export interface DeploymentObject extends KubeObject {
  spec: { template: { metadata: { labels: Record<string, string> }; spec: PodSpec } };
}

interface PodSpec {
  serviceAccountName: string;
  volumes: { name: string; secret?: { secretName: string } }[];
  [field: string]: unknown;
}

export interface PodObject extends KubeObject {
  spec: PodSpec;
}

const TEMPLATE_HASH = 'bench';
const NODES = ['bench-a', 'bench-b'] as const;

/** Makes the pod that the Deployment's controller, the scheduler and a kubelet would: running and ready. */
export async function runPod(
  client: KubeClient,
  deployment: DeploymentObject,
  podIp: string,
): Promise<PodObject> {
  const { namespace = '', name, uid = '' } = deployment.metadata;
  const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${TEMPLATE_HASH}` };
  const { labels } = deployment.spec.template.metadata;
  const pod = await client.post<PodObject>(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${TEMPLATE_HASH}-0`,
      labels: { ...labels, 'pod-template-hash': TEMPLATE_HASH },
      // The operator looks at the name alone; nothing collects garbage here that would miss the ReplicaSet.
      ownerReferences: [{ ...replicaSet, uid, controller: true }],
    },
    spec: { ...deployment.spec.template.spec, nodeName: NODES[name.endsWith('-backup') ? 1 : 0] },
  });
  return client.patch<PodObject>(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/status`, {
    status: {
      phase: 'Running',
      podIP: podIp,
      podIPs: [{ ip: podIp }],
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: 'True',
      })),
    },
  });
}

/** Says of a Deployment that its one replica is there, in the generation that it has now. */
export async function reportAvailable(client: KubeClient, deployment: DeploymentObject): Promise<void> {
  const { namespace = '', name, generation } = deployment.metadata;
  const condition = (type: string, reason: string) => ({ type, status: 'True', reason, message: reason });
  await client.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`, {
    status: {
      observedGeneration: generation,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      conditions: [
        condition('Available', 'MinimumReplicasAvailable'),
        condition('Progressing', 'NewReplicaSetAvailable'),
      ],
    },
  });
}

/** A token as kubelet projects it into the pod. */
export async function requestToken(client: KubeClient, pod: PodObject, audience: string): Promise<string> {
  const { namespace = '', name, uid } = pod.metadata;
  const { serviceAccountName } = pod.spec;
  const answer = await client.post<{ status: { token: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccountName}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: [audience],
        expirationSeconds: 3600,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    },
  );
  return answer.status.token;
}

/** Calls `onNew` once for each Deployment of ours, and `onChange` for each new generation of it. */
export function watchDeployments(
  client: KubeClient,
  labelSelector: string,
  onNew: (deployment: DeploymentObject) => void,
  onChange: (deployment: DeploymentObject) => void,
): Promise<void> {
  const generations = new Map<string, number>();
  return client.watch<DeploymentObject>(
    `/apis/apps/v1/deployments?labelSelector=${encodeURIComponent(labelSelector)}`,
    ({ type, object }: WatchEvent<DeploymentObject>) => {
      if (type !== 'ADDED' && type !== 'MODIFIED') return;
      const key = `${object.metadata.namespace}/${object.metadata.name}`;
      const known = generations.get(key);
      const generation = object.metadata.generation ?? 0;
      generations.set(key, generation);
      if (known === undefined) onNew(object);
      else if (known !== generation) onChange(object);
    },
  );
}
