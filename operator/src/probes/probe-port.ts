import { connect } from 'node:net';
import type { ProbeAnswer } from '../failover/evidence.ts';

/**
 * Asks one port something that every server of its kind answers. A process that is frozen still has its connections
 * accepted, by the kernel: only bytes that come back count as an answer.
 */
export function probePort(
  address: { host: string; port: number },
  request: string,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const end = (answer: ProbeAnswer) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end('silent'), timeoutMs);
    socket.once('connect', () => socket.write(request));
    socket.once('data', () => end('answers'));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // No route and a filter that refuses are told by routers on the way, not by the pod.
      end(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' ? 'refused' : 'silent');
    });
    socket.once('close', () => end('refused'));
  });
}
