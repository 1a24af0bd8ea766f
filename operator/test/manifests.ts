/** Objects as people write them. */
import { API_VERSION } from '../src/api/labels.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, read by tests that know their shape
export type AnyObject = any;

export function namespace(name: string, labels: Record<string, string> = {}): AnyObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function site(namespace: string, name: string, spec: AnyObject): AnyObject {
  return { apiVersion: API_VERSION, kind: 'Site', metadata: { namespace, name }, spec };
}

export function factory(namespace: string, name: string, spec: AnyObject): AnyObject {
  return { apiVersion: API_VERSION, kind: 'CameraFactory', metadata: { namespace, name }, spec };
}

export function pool(namespace: string, name: string, spec: AnyObject): AnyObject {
  return { apiVersion: API_VERSION, kind: 'CompressorPool', metadata: { namespace, name }, spec };
}

export function relay(namespace: string, name: string, spec: AnyObject): AnyObject {
  return { apiVersion: API_VERSION, kind: 'MasterRelay', metadata: { namespace, name }, spec };
}

export function basicAuth(namespace: string, name: string, values: Record<string, string>): AnyObject {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, btoa(value)]));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name },
    type: 'kubernetes.io/basic-auth',
    data,
  };
}
