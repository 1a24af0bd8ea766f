/** What runs on a node's machine: containerd, the kubelet and kube-proxy, with their configurations. */
import { join } from 'node:path';
import {
  type ClusterPlan,
  clusterDomain,
  dnsServiceAddress,
  edgeTaint,
  type NodePlan,
  podNetwork,
} from './cluster-plan.ts';
import { command, type Machine } from './machine.ts';

/** The pods' sandbox image of the local cluster. */
export const pauseImage = 'docker.io/cupola/pause:local';

/**
 * containerd's socket: on a disk that the host sees too, for imports. The kubelet's cAdvisor looks for it elsewhere, and
 * should: it would put its own figures of containers, up to 20 s old, in place of containerd's fresh ones.
 */
export function containerdSocket(folder: string): string {
  return join(folder, 'containerd.sock');
}

export interface NodeSettings {
  /** The machine's own folder. */
  readonly folder: string;
  /** Folder of keys and certificates. */
  readonly pki: string;
  /** Folder of the built programs. */
  readonly tools: string;
  /** Longest pause before the kubelet restarts a container, as `5s`; Kubernetes' own 5 minutes when null. */
  readonly maxRestartDelay: string | null;
}

export function nodeMachine(plan: ClusterPlan, node: NodePlan, settings: NodeSettings): Machine {
  const { folder, pki, tools } = settings;
  const containerdIsUp = `until ctr --address ${containerdSocket(folder)} version >/dev/null 2>&1; do sleep 0.05; done`;
  return {
    station: node,
    folder,
    files: {
      'containerd.toml': containerdConfig(folder),
      'kubelet.yaml': kubeletConfig(plan, node, settings),
      'resolv.conf': '',
      'cni.conflist': cniConfig(node, folder),
    },
    services: {
      containerd: [
        `rm -f ${containerdSocket(folder)}`,
        `mkdir -p ${folder}/cni`,
        `cp ${folder}/cni.conflist ${folder}/cni/`,
        `exec containerd --config ${folder}/containerd.toml`,
        '',
      ].join('\n'),
      kubelet: `${containerdIsUp}\n${command(`${tools}/kubelet`, {
        kubeconfig: `${pki}/${node.name}.conf`,
        config: join(folder, 'kubelet.yaml'),
        'root-dir': join(folder, 'kubelet'),
        'hostname-override': node.name,
        'node-ip': node.address,
        'node-labels': `topology.kubernetes.io/zone=${node.zone},cupola.dev/role=${node.role}`,
      })}`,
      'kube-proxy': `${nodeIsKnown(plan, node, settings)}\n${command(`${tools}/kube-proxy`, {
        kubeconfig: `${pki}/kube-proxy.conf`,
        'hostname-override': node.name,
        'proxy-mode': 'iptables',
        'cluster-cidr': podNetwork,
        // Connection tracking limits belong to the host's first network namespace.
        'conntrack-max-per-core': '0',
        'conntrack-tcp-timeout-established': '0s',
        'conntrack-tcp-timeout-close-wait': '0s',
      })}`,
    },
  };
}

/** kube-proxy asks for its node at once and then after 1, 2, 4 s: without this Services would come that late. */
function nodeIsKnown(plan: ClusterPlan, node: NodePlan, { pki, tools }: NodeSettings): string {
  const get = `${tools}/kubectl --kubeconfig ${pki}/kube-proxy.conf get node ${node.name}`;
  return [
    `until (: </dev/tcp/${plan.control.address}/6443) 2>/dev/null; do sleep 0.1; done`,
    `until ${get} >/dev/null 2>&1; do sleep 0.2; done`,
  ].join('\n');
}

function containerdConfig(folder: string): string {
  return `version = 2
root = "${folder}/containerd"
# On the machine's own tmpfs: gone with its power, as on real ones.
state = "/run/containerd"
[grpc]
  address = "${containerdSocket(folder)}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # The machine may itself be in a container that must not lower its OOM score.
  restrict_oom_score_adj = true
  disable_apparmor = true
  # Else a power cut would leave pods' network namespaces under /run/netns.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
`;
}

/** Routed links, no bridge: Services between pods of one node then need no bridge netfilter in the kernel. */
function cniConfig(node: NodePlan, folder: string): string {
  const ipam = {
    type: 'host-local',
    dataDir: join(folder, 'addresses'),
    ranges: [[{ subnet: node.podSubnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      { type: 'ptp', ipMasq: false, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
}

function kubeletConfig(plan: ClusterPlan, node: NodePlan, settings: NodeSettings): string {
  const { folder, pki, maxRestartDelay } = settings;
  const config = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${pki}/ca.crt` },
    },
    authorization: { mode: 'Webhook' },
    clusterDomain,
    clusterDNS: [dnsServiceAddress],
    resolvConf: join(folder, 'resolv.conf'),
    containerRuntimeEndpoint: `unix://${containerdSocket(folder)}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${plan.prefix}/${node.name}`,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    tlsCertFile: `${pki}/${node.name}.crt`,
    tlsPrivateKeyFile: `${pki}/${node.name}.key`,
    podLogsDir: join(folder, 'pod-logs'),
    volumePluginDir: join(folder, 'volume-plugins'),
    // No registry to fetch a removed image from again.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    registerWithTaints: node.role === 'edge' ? [{ key: edgeTaint, effect: 'NoSchedule' }] : [],
    ...(maxRestartDelay === null ? {} : { crashLoopBackOff: { maxContainerRestartPeriod: maxRestartDelay } }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
