/** What runs on the control plane's machine: etcd, the API server, the controllers and the scheduler. */
import { join } from 'node:path';
import { apiServiceAddress, type ClusterPlan, serviceNetwork } from './cluster-plan.ts';
import { command, type Machine } from './machine.ts';

/** Every request's metadata, so that a test can count who read and wrote what. */
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
`;

/** Names and addresses that the API server's certificate answers to. */
export function apiServerNames(plan: ClusterPlan): string[] {
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'];
  const addresses = [plan.control.address, apiServiceAddress, '127.0.0.1'];
  return [...names.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP:${address}`)];
}

/**
 * @param folder the machine's own folder
 * @param pki folder of keys and certificates
 * @param tools folder of the built programs
 */
export function controlPlaneMachine(plan: ClusterPlan, folder: string, pki: string, tools: string): Machine {
  const apiIsReady = `until ${tools}/kubectl --kubeconfig ${pki}/admin.conf get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done`;
  return {
    station: plan.control,
    folder,
    files: { 'audit-policy.yaml': auditPolicy },
    services: {
      etcd: command(`${tools}/etcd`, {
        'data-dir': join(folder, 'etcd'),
        'listen-client-urls': 'http://127.0.0.1:2379',
        'advertise-client-urls': 'http://127.0.0.1:2379',
        'listen-peer-urls': 'http://127.0.0.1:2380',
        // Lost power is simulated by killing processes: what reached the page cache stays.
        'unsafe-no-fsync': 'true',
        'log-level': 'warn',
      }),
      apiserver: command(`${tools}/kube-apiserver`, apiServerFlags(plan, folder, pki)),
      controllers: `${apiIsReady}\n${command(`${tools}/kube-controller-manager`, {
        kubeconfig: `${pki}/controllers.conf`,
        'authentication-kubeconfig': `${pki}/controllers.conf`,
        'authorization-kubeconfig': `${pki}/controllers.conf`,
        'service-account-private-key-file': `${pki}/service-accounts.key`,
        'root-ca-file': `${pki}/ca.crt`,
        'use-service-account-credentials': 'true',
        'allocate-node-cidrs': 'false',
        // Its start asks for dozens of service accounts' tokens: 4 s more at the default rate of 20 a second.
        'kube-api-qps': '200',
        'kube-api-burst': '400',
        // Its own 15 s would be the longest part of a scale-out that a person watches.
        'horizontal-pod-autoscaler-sync-period': '5s',
        'flex-volume-plugin-dir': join(folder, 'volume-plugins'),
        'leader-elect': 'false',
      })}`,
      scheduler: `${apiIsReady}\n${command(`${tools}/kube-scheduler`, {
        kubeconfig: `${pki}/scheduler.conf`,
        'authentication-kubeconfig': `${pki}/scheduler.conf`,
        'authorization-kubeconfig': `${pki}/scheduler.conf`,
        'leader-elect': 'false',
      })}`,
    },
  };
}

function apiServerFlags(plan: ClusterPlan, folder: string, pki: string): Record<string, string> {
  return {
    'etcd-servers': 'http://127.0.0.1:2379',
    'advertise-address': plan.control.address,
    'secure-port': '6443',
    'tls-cert-file': `${pki}/apiserver.crt`,
    'tls-private-key-file': `${pki}/apiserver.key`,
    'client-ca-file': `${pki}/ca.crt`,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': `${pki}/service-accounts.pub`,
    'service-account-signing-key-file': `${pki}/service-accounts.key`,
    'service-cluster-ip-range': serviceNetwork,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'kubelet-client-certificate': `${pki}/kubelet-client.crt`,
    'kubelet-client-key': `${pki}/kubelet-client.key`,
    'kubelet-certificate-authority': `${pki}/ca.crt`,
    'kubelet-preferred-address-types': 'InternalIP',
    'requestheader-client-ca-file': `${pki}/ca.crt`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': `${pki}/front-proxy-client.crt`,
    'proxy-client-key-file': `${pki}/front-proxy-client.key`,
    // This machine has routes to pods and no kube-proxy: the API servers behind this one are asked at their pods.
    'enable-aggregator-routing': 'true',
    'allow-privileged': 'true',
    'audit-policy-file': join(folder, 'audit-policy.yaml'),
    'audit-log-path': auditLogPath(folder),
  };
}

/** The API server's audit log (JSON lines, level Metadata) of a control plane machine in `folder`. */
export function auditLogPath(folder: string): string {
  return join(folder, 'audit.log');
}
