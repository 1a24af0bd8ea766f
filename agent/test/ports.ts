/** Ports of this machine that nobody listens on, for servers that cannot be told to take any. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** All different from each other. Another program may take one before it is used: rare, and then named. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
