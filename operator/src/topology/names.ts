/**
 * The names of everything that is made from a tier or a Site. Prefixes of different kinds differ, and a shard's
 * number and a side are never part of one, so that no two objects want the same name.
 */
import type { Side } from '../api/labels.ts';

/** Those with shards of two sides each. */
export type TierKind = 'CameraFactory' | 'MasterRelay';

/** Everything that consists of media pods. */
export type MediaKind = TierKind | 'CompressorPool';

const SUFFIXES: Record<MediaKind, string> = {
  CameraFactory: 'factory',
  MasterRelay: 'relay',
  CompressorPool: 'pool',
};

export function tierPrefix(kind: MediaKind, name: string): string {
  return `${name}-${SUFFIXES[kind]}`;
}

/** A media workload: its Deployment, and the Service that leads to this side alone. */
export function workloadName(prefix: string, shard: number, side: Side): string {
  return `${prefix}-${shard}-${side}`;
}

/** A worker of a pool: its Deployment, and the Service that leads to it. */
export function workerName(prefix: string, index: number): string {
  return `${prefix}-${index}`;
}

/** The number in a worker's name; undefined where it is no worker of the pool. */
export function readWorkerIndex(prefix: string, name: string): number | undefined {
  const digits = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : '';
  return /^(0|[1-9][0-9]*)$/.test(digits) ? Number(digits) : undefined;
}

/** The Service that leads to the shard's active side. */
export function activeServiceName(prefix: string, shard: number): string {
  return `${prefix}-${shard}`;
}

export function planSecretName(workload: string): string {
  return `${workload}-plan`;
}

/** Of a pool: which worker encodes what. */
export function placementSecretName(prefix: string): string {
  return `${prefix}-placement`;
}

export function viewerSecretName(prefix: string): string {
  return `${prefix}-viewer`;
}

export function cameraCredentialsName(site: string): string {
  return `${site}-camera-credentials`;
}

/** As feeds, legs and logs name an object. */
export function qualify(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Resolved by the search list of a pod's resolv.conf, whatever the cluster's domain is called. */
export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc`;
}
