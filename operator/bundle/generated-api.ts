/** In place of client-node's generated API, where KubeConfig makes a client of it. Part of the bundle alone. */

export class ServerConfiguration {}

export function createConfiguration(): object {
  return {};
}
