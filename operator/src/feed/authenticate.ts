/**
 * Who an agent is, by the token that it shows: the API server says which pod the token is bound to (TokenReview),
 * the cache says whether that is a media pod of ours. Both must agree; a label alone proves nothing.
 */
import { FEED_AUDIENCE } from '@cupola/protocol';
import { LABELS, MANAGED_BY } from '../api/labels.ts';
import type { Caches, PodObject } from '../kube/caches.ts';
import type { KubeClient } from '../kube/client.ts';
import { RESOURCES, resourcePath } from '../kube/resource.ts';

export interface AgentIdentity {
  /** `<namespace>/<name>`. */
  workload: string;
  pod: { namespace: string; name: string; uid: string; created: string };
}

export type Authentication =
  | { outcome: 'accepted'; identity: AgentIdentity }
  /** The token is none of ours (401). */
  | { outcome: 'unauthenticated'; why: string }
  /** The token is good, but not of a media pod (403). */
  | { outcome: 'forbidden'; why: string };

/** Longer than any service account token. */
const MAX_TOKEN_LENGTH = 16 * 1024;
const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/;

/** Throws ApiError or ApiUnreachableError when the API server cannot be asked. */
export async function authenticateAgent(
  authorization: string | undefined,
  client: KubeClient,
  caches: Pick<Caches, 'Pod' | 'Deployment'>,
): Promise<Authentication> {
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined || token.length > MAX_TOKEN_LENGTH) {
    return { outcome: 'unauthenticated', why: 'no bearer token' };
  }
  if (!namesAudience(token))
    return { outcome: 'unauthenticated', why: `not for the audience ${FEED_AUDIENCE}` };
  const answer = await client.request('POST', resourcePath(RESOURCES.TokenReview), {
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences: [FEED_AUDIENCE] },
    },
    timeoutMs: 5_000,
  });
  const bound = readReview(answer as TokenReview);
  if ('why' in bound) return { outcome: 'unauthenticated', why: bound.why };
  return identify(bound, caches);
}

/**
 * Whether the token claims our audience. Proves nothing, as the signature is not looked at; it only keeps tokens
 * that cannot be good from costing the API server a review.
 */
function namesAudience(token: string): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const audience = (claims as { aud?: unknown } | null)?.aud;
    return audience === FEED_AUDIENCE || (Array.isArray(audience) && audience.includes(FEED_AUDIENCE));
  } catch {
    return false;
  }
}

interface TokenReview {
  status?: {
    authenticated?: boolean;
    audiences?: string[];
    user?: { username?: string; extra?: Record<string, string[]> };
  };
}

interface BoundPod {
  namespace: string;
  name: string;
  uid: string;
}

function readReview(review: TokenReview): BoundPod | { why: string } {
  const { status } = review;
  if (status?.authenticated !== true) return { why: 'the API server does not know the token' };
  if (!status.audiences?.includes(FEED_AUDIENCE)) return { why: `not for the audience ${FEED_AUDIENCE}` };
  const namespace = SERVICE_ACCOUNT.exec(status.user?.username ?? '')?.[1];
  const name = status.user?.extra?.[POD_NAME]?.[0];
  const uid = status.user?.extra?.[POD_UID]?.[0];
  if (namespace === undefined || name === undefined || uid === undefined)
    return { why: 'not bound to a pod' };
  return { namespace, name, uid };
}

function identify(bound: BoundPod, caches: Pick<Caches, 'Pod' | 'Deployment'>): Authentication {
  const pod = caches.Pod.get(bound.namespace, bound.name);
  if (pod === undefined || pod.metadata.uid !== bound.uid) {
    return { outcome: 'forbidden', why: 'the pod is not a media pod, or not known yet' };
  }
  const workload = pod.metadata.labels?.[LABELS.workload];
  if (workload === undefined || pod.metadata.labels?.[LABELS.managedBy] !== MANAGED_BY) {
    return { outcome: 'forbidden', why: 'the pod is not a media pod' };
  }
  if (!isOfDeployment(pod, workload) || caches.Deployment.get(bound.namespace, workload) === undefined) {
    return { outcome: 'forbidden', why: `the pod is not of the Deployment ${workload} that its label names` };
  }
  return {
    outcome: 'accepted',
    identity: {
      workload: `${bound.namespace}/${workload}`,
      pod: { ...bound, created: pod.metadata.creationTimestamp ?? '' },
    },
  };
}

/** A Deployment names its ReplicaSets `<deployment>-<pod-template-hash>`. */
function isOfDeployment(pod: PodObject, deployment: string): boolean {
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true);
  const hash = pod.metadata.labels?.['pod-template-hash'];
  return (
    controller?.kind === 'ReplicaSet' && hash !== undefined && controller.name === `${deployment}-${hash}`
  );
}
