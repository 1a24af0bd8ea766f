/** Ports of this machine that nobody listens on, for servers that cannot be told to take any. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what Linux gives to outgoing connections (`net.ipv4.ip_local_port_range` begins at 32768) and below a cluster's
 * node ports: nobody but another server can take one between its choice and its use.
 */
const FIRST = 10_000;
const LAST = 29_999;

/** Programs that run side by side begin at different places. */
let next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

/** All different from each other and from those that this process was given before; free for TCP and for UDP. */
export async function findFreePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = FIRST; ports.length < count; tried += 1) {
    if (tried > LAST) throw new Error(`There are no ${count} free ports from ${FIRST} to ${LAST}.`);
    const port = next;
    next = port === LAST ? FIRST : port + 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const tcp = createServer();
  const udp = createSocket('udp4');
  try {
    await once(tcp.listen(port), 'listening');
    await once(udp.bind(port), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    tcp.close();
    udp.close();
  }
}
