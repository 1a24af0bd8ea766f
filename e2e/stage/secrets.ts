import type { Kubectl } from './kubectl.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The value of each key of a Secret. */
export async function readSecret(
  kubectl: Kubectl,
  namespace: string,
  name: string,
): Promise<Record<string, string>> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const { data = {} } = await kubectl.get<{ data?: Record<string, string> }>(path);
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  return Object.fromEntries(decoded);
}

/** Of a Secret of type kubernetes.io/basic-auth. */
export async function readLogin(kubectl: Kubectl, namespace: string, name: string): Promise<Login> {
  const { username = '', password = '' } = await readSecret(kubectl, namespace, name);
  return { user: username, password };
}
