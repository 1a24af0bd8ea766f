/**
 * DNS on every node: pods ask the CoreDNS of their own node only (internalTrafficPolicy Local), so that a node's
 * loss takes nobody else's names along.
 */
import { clusterDomain, dnsServiceAddress } from './cluster-plan.ts';

export const corednsImage = 'docker.io/cupola/coredns:local';
const labels = { 'k8s-app': 'kube-dns' };
const metadata = { name: 'coredns', namespace: 'kube-system' };
const PORT = 1053;

/**
 * No caching: answers come from memory anyhow, and a new Service must be found at once. Names outside the cluster
 * do not exist; they have a block of their own because `template` goes before `kubernetes` in any block.
 */
const corefile = `${clusterDomain}:${PORT} in-addr.arpa:${PORT} {
  errors
  health :8080
  ready :8181
  kubernetes ${clusterDomain} in-addr.arpa {
    ttl 5
  }
}
.:${PORT} {
  template IN ANY . {
    rcode NXDOMAIN
  }
}
`;

const container = {
  name: 'coredns',
  image: corednsImage,
  imagePullPolicy: 'Never',
  args: ['-conf', '/etc/coredns/Corefile'],
  volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
  livenessProbe: { httpGet: { path: '/health', port: 8080 } },
  resources: { requests: { cpu: '10m', memory: '32Mi' } },
  securityContext: {
    runAsUser: 65532,
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  },
};

export const dnsAddon: readonly object[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'coredns' },
    rules: [
      { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'coredns' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'coredns' },
    subjects: [{ kind: 'ServiceAccount', name: 'coredns', namespace: 'kube-system' }],
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'coredns',
          priorityClassName: 'system-node-critical',
          tolerations: [{ operator: 'Exists' }],
          containers: [container],
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: {
      clusterIP: dnsServiceAddress,
      internalTrafficPolicy: 'Local',
      selector: labels,
      ports: [
        { name: 'dns', port: 53, targetPort: PORT, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, targetPort: PORT, protocol: 'TCP' },
      ],
    },
  },
];
