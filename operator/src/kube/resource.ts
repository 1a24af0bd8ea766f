import { GROUP, VERSION } from '../api/labels.ts';
import type { KubeObject } from './object.ts';

/** A resource of the API: which URL it lives at, and what its objects call themselves. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Only for the type checker: what objects of the resource look like. */
  readonly object?: T;
}

/** The resources that the operator reads or writes, by the kind of their objects. */
export const RESOURCES = {
  Site: cupola('Site', 'sites'),
  CameraFactory: cupola('CameraFactory', 'camerafactories'),
  CompressorPool: cupola('CompressorPool', 'compressorpools'),
  MasterRelay: cupola('MasterRelay', 'masterrelays'),
  Deployment: namespaced('apps', 'v1', 'Deployment', 'deployments'),
  Service: namespaced('', 'v1', 'Service', 'services'),
  Secret: namespaced('', 'v1', 'Secret', 'secrets'),
  Pod: namespaced('', 'v1', 'Pod', 'pods'),
  PodDisruptionBudget: namespaced('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  HorizontalPodAutoscaler: namespaced(
    'autoscaling',
    'v2',
    'HorizontalPodAutoscaler',
    'horizontalpodautoscalers',
  ),
  ServiceAccount: namespaced('', 'v1', 'ServiceAccount', 'serviceaccounts'),
  Lease: namespaced('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  Event: namespaced('events.k8s.io', 'v1', 'Event', 'events'),
  Namespace: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false },
  Node: { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false },
  TokenReview: {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'tokenreviews',
    kind: 'TokenReview',
    namespaced: false,
  },
} as const satisfies Record<string, Resource>;

export type KnownKind = keyof typeof RESOURCES;

/** `/apis/apps/v1/namespaces/ns/deployments/name`; without a namespace, across all of them. */
export function resourcePath(resource: Resource, namespace?: string, name?: string): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The resource of an object that the operator handles; an error in the program where it handles none such. */
export function resourceOf(object: { apiVersion: string; kind: string }): Resource {
  const resource: Resource | undefined = RESOURCES[object.kind as KnownKind];
  if (resource === undefined || apiVersionOf(resource) !== object.apiVersion) {
    throw new TypeError(`no resource is known for ${object.apiVersion} ${object.kind}`);
  }
  return resource;
}

function namespaced<K extends string>(group: string, version: string, kind: K, plural: string) {
  return { group, version, plural, kind, namespaced: true } as const;
}

function cupola<K extends string>(kind: K, plural: string) {
  return namespaced(GROUP, VERSION, kind, plural);
}
