/** In place of undici and gaxios, by which the operator sends nothing. Part of the bundle alone. */

export class Agent {}

export class ProxyAgent {}

export const instance = {};

export function fetch(): Promise<never> {
  return Promise.reject(new TypeError('the operator sends its requests by kube/client.ts'));
}
