/** A media workload as the API server would have it, without anything that runs: Deployment, pod, token, plan. */
import { FEED_AUDIENCE, type MediaPlan, PLAN_KEY } from '@cupola/protocol';
import { LABELS, MANAGED_BY } from '../src/api/labels.ts';
import type { KubeClient } from '../src/kube/client.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { resourceOf, resourcePath } from '../src/kube/resource.ts';

export interface MediaPodOptions {
  namespace: string;
  /** Of the Deployment. */
  workload: string;
  /** As a forger would set them. */
  labels?: Record<string, string>;
  /** False for a pod that somebody made by hand. */
  controlled?: boolean;
  withDeployment?: boolean;
}

const HASH = '5d4f8c7b9';

/** Makes the objects; gives the pod's name and UID. */
export async function makeMediaPod(
  client: KubeClient,
  options: MediaPodOptions,
): Promise<{ name: string; uid: string }> {
  const { namespace, workload } = options;
  const labels = options.labels ?? { [LABELS.managedBy]: MANAGED_BY, [LABELS.workload]: workload };
  const podSpec = { serviceAccountName: 'media', containers: [{ name: 'agent', image: 'agent' }] };
  await createQuietly(client, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace, name: 'media' },
  });
  if (options.withDeployment !== false) {
    await createQuietly(client, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name: workload, labels },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
    });
  }
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${workload}-${HASH}`,
    uid: '00000000-0000-4000-8000-000000000001',
    controller: true,
  };
  const pod = await create(client, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name: `${workload}-${HASH}-${Math.random().toString(36).slice(2, 7)}`,
      labels: { ...labels, 'pod-template-hash': HASH },
      ...(options.controlled === false ? {} : { ownerReferences: [controller] }),
    },
    spec: podSpec,
  });
  return { name: pod.metadata.name, uid: pod.metadata.uid ?? '' };
}

/** A token of the pod's service account, bound to the pod as kubelet's projected ones are. */
export async function requestToken(
  client: KubeClient,
  namespace: string,
  pod: { name: string; uid: string } | undefined,
  audience: string = FEED_AUDIENCE,
): Promise<string> {
  const answer = (await client.request(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/media/token`,
    {
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: [audience],
          expirationSeconds: 600,
          ...(pod === undefined ? {} : { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...pod } }),
        },
      },
    },
  )) as { status: { token: string } };
  return answer.status.token;
}

/** Writes the plan Secret of a workload. */
export async function writePlan(client: KubeClient, plan: MediaPlan): Promise<void> {
  const [namespace = '', workload = ''] = plan.workload.split('/');
  const name = `${workload}-plan`;
  await client.request('PATCH', `/api/v1/namespaces/${namespace}/secrets/${name}`, {
    query: { fieldManager: 'test', force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels: { [LABELS.managedBy]: MANAGED_BY, [LABELS.workload]: workload } },
      data: { [PLAN_KEY]: Buffer.from(JSON.stringify(plan)).toString('base64') },
    },
  });
}

export async function create(
  client: KubeClient,
  object: KubeObject & Record<string, unknown>,
): Promise<KubeObject> {
  const path = resourcePath(resourceOf(object), object.metadata.namespace);
  return (await client.request('POST', path, { body: object })) as KubeObject;
}

async function createQuietly(
  client: KubeClient,
  object: KubeObject & Record<string, unknown>,
): Promise<void> {
  await create(client, object).catch((error) => {
    if (error.status !== 409) throw error;
  });
}
