/**
 * Names and addresses of one checkout's cluster: pure arithmetic, so that `down` finds everything again
 * without any record.
 *
 *     host .1 --+                        +-- control .10   (etcd, API server, controllers)
 *               |                        +-- edge    .20   (NodePorts for outsiders; no media)
 *     outside .2+--[ bridge in `switch` ]+-- media-1 .21   pods 10.244.1.0/24
 *               |                        +-- media-2 .22   pods 10.244.2.0/24
 *
 * Only the node network is seen by the machine; pod and Service networks live inside the namespaces, so every
 * cluster uses the same ones.
 */
import { checkoutKey } from './folders.ts';

export const podNetwork = '10.244.0.0/16';
export const serviceNetwork = '10.96.0.0/16';
/** First address of the Service network: the API server's own Service. */
export const apiServiceAddress = '10.96.0.1';
export const dnsServiceAddress = '10.96.0.10';
export const clusterDomain = 'cluster.local';
/** Keeps pods without a toleration for it off the edge node. */
export const edgeTaint = 'cupola.dev/edge';
/** More would run out of host numbers from .21 on. */
const MAX_MEDIA_NODES = 200;
/** Node networks are 10.200.0.0/24 to 10.239.255.0/24: below the pods' network. */
const NETWORK_COUNT = 40 * 256;

/** Something with a network namespace of its own on the cluster's bridge. */
export interface Station {
  readonly name: string;
  readonly netns: string;
  readonly address: string;
  readonly mac: string;
  /** The port on the bridge, inside the switch's namespace. */
  readonly port: string;
}

/** A Kubernetes node. */
export interface NodePlan extends Station {
  readonly role: 'media' | 'edge';
  readonly podSubnet: string;
  /** Value of the label topology.kubernetes.io/zone. */
  readonly zone: string;
}

export interface ClusterPlan {
  readonly key: string;
  /** Name of the host's link to the bridge, of the control group, and first part of every namespace's name. */
  readonly prefix: string;
  readonly switchNetns: string;
  readonly hostAddress: string;
  readonly control: Station;
  readonly outside: Station;
  readonly nodes: readonly NodePlan[];
}

export function prefixOf(checkout: string): string {
  return `cupola-${checkoutKey(checkout)}`;
}

/**
 * Whether a route of the machine keeps a node network (`10.200.7`) from being used. Routes of more than a /16 do
 * not: they are VPNs' or the default, and the cluster's own /24 goes before them.
 */
export function isTaken(network: string, route: string): boolean {
  const [address = '', length = '32'] = route.split('/');
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(address) || Number(length) < 16) return false;
  const bits = Math.min(Number(length), 24);
  return numberOf(`${network}.0`) >>> (32 - bits) === numberOf(address) >>> (32 - bits);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => (sum * 256 + Number(part)) >>> 0, 0);
}

/** The node networks in the order in which a checkout tries them: by its key first, then the ones after it. */
export function* candidateNetworks(key: string): Generator<string> {
  const start = Number.parseInt(key, 16) % NETWORK_COUNT;
  for (let i = 0; i < NETWORK_COUNT; i++) {
    const index = (start + i) % NETWORK_COUNT;
    yield `10.${200 + Math.floor(index / 256)}.${index % 256}`;
  }
}

/**
 * @param network first three numbers of the node network, as from {@link candidateNetworks}
 * @param nodeCount all nodes: the last one of two or more is the edge node, the others carry media
 */
export function planCluster(checkout: string, network: string, nodeCount: number): ClusterPlan {
  if (!Number.isInteger(nodeCount) || nodeCount < 1 || nodeCount > MAX_MEDIA_NODES) {
    throw new RangeError(`a cluster has 1 to ${MAX_MEDIA_NODES} nodes, not ${nodeCount}`);
  }
  const prefix = prefixOf(checkout);
  const station = (name: string, host: number): Station => ({
    name,
    netns: `${prefix}-${name}`,
    address: `${network}.${host}`,
    mac: macOf(`${network}.${host}`),
    port: name,
  });
  const node = (name: string, index: number, role: NodePlan['role']): NodePlan => ({
    ...station(name, 20 + index),
    role,
    podSubnet: `10.244.${index}.0/24`,
    zone: `zone-${name}`,
  });
  const mediaCount = nodeCount === 1 ? 1 : nodeCount - 1;
  const nodes = Array.from({ length: mediaCount }, (_, i) => node(`media-${i + 1}`, i + 1, 'media'));
  if (nodeCount > 1) nodes.push(node('edge', 0, 'edge'));
  return {
    key: checkoutKey(checkout),
    prefix,
    switchNetns: `${prefix}-switch`,
    hostAddress: `${network}.1`,
    control: station('control', 10),
    outside: station('outside', 2),
    nodes,
  };
}

/** Fixed by the address, so that a node powered on again is found under the same one at once. */
function macOf(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['0a', '58', ...bytes].join(':');
}
