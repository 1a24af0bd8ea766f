/**
 * metrics.k8s.io: what pods and nodes use, for `kubectl top` and the horizontal pod autoscaler.
 *
 *     API server --(front proxy's certificate)--> metrics-server --(service account)--> kubelets
 *
 * All three serve with certificates of the cluster's authority, and each is verified.
 */
import { type ClusterPlan, edgeTaint } from './cluster-plan.ts';

export const metricsServerImage = 'docker.io/cupola/metrics-server:local';
/** The name that the API server expects in its certificate. */
export const metricsServerHost = 'metrics-server.kube-system.svc';
export const METRICS_API = { group: 'metrics.k8s.io', version: 'v1beta1' } as const;
export const METRICS_API_SERVICE = `${METRICS_API.version}.${METRICS_API.group}`;

const metadata = { name: 'metrics-server', namespace: 'kube-system' };
const labels = { 'k8s-app': 'metrics-server' };
const subjects = [{ kind: 'ServiceAccount', ...metadata }];
const PORT = 10_250;
const TLS_FOLDER = '/etc/metrics-server';

/** PEM texts. */
export interface MetricsServerTls {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const container = {
  name: 'metrics-server',
  image: metricsServerImage,
  imagePullPolicy: 'Never',
  args: [
    `--secure-port=${PORT}`,
    `--tls-cert-file=${TLS_FOLDER}/tls.crt`,
    `--tls-private-key-file=${TLS_FOLDER}/tls.key`,
    // Kubelets are verified by the service account's own copy of the authority.
    '--kubelet-preferred-address-types=InternalIP',
    '--kubelet-use-node-status-port',
    // The finest that it takes.
    '--metric-resolution=10s',
    // A node that is cut off holds up the figures of all for so long; a node that misses a look has none for 20 s.
    '--kubelet-request-timeout=5s',
  ],
  ports: [{ name: 'https', containerPort: PORT }],
  volumeMounts: [{ name: 'tls', mountPath: TLS_FOLDER, readOnly: true }],
  readinessProbe: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' }, periodSeconds: 1 },
  livenessProbe: { httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' } },
  resources: { requests: { cpu: '10m', memory: '64Mi' } },
  securityContext: {
    runAsUser: 65532,
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

/** Everything to apply; the APIService, which announces it, comes last. */
export function metricsAddon(plan: ClusterPlan, tls: MetricsServerTls): object[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...rights(),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': tls.certificate, 'tls.key': tls.key },
    },
    deployment(plan),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: METRICS_API_SERVICE },
      spec: {
        ...METRICS_API,
        service: metadata,
        caBundle: Buffer.from(tls.authority).toString('base64'),
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ];
}

/** It may read what the kubelets and the API server know of pods and nodes, and ask who its callers are. */
function rights(): object[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const apiVersion = `${apiGroup}/v1`;
  const reader = 'system:metrics-server';
  const bindClusterRole = (name: string, role: string) => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects,
  });
  return [
    {
      apiVersion,
      kind: 'ClusterRole',
      metadata: { name: reader },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    bindClusterRole(reader, reader),
    bindClusterRole('metrics-server:system:auth-delegator', 'system:auth-delegator'),
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: 'metrics-server-auth-reader', namespace: metadata.namespace },
      roleRef: { apiGroup, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects,
    },
  ];
}

/** On the edge node, or the only one: a media node's loss must not blind the autoscaler that is to answer it. */
function deployment({ nodes }: ClusterPlan): object {
  const role = nodes.find((node) => node.role === 'edge')?.role ?? 'media';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: metadata.name,
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'cupola.dev/role': role },
          tolerations: [{ key: edgeTaint, operator: 'Exists' }],
          containers: [container],
          securityContext: { fsGroup: 65532 },
          volumes: [{ name: 'tls', secret: { secretName: metadata.name, defaultMode: 0o440 } }],
        },
      },
    },
  };
}
