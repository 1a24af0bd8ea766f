import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves with the time (ms since the epoch) when the port takes a connection. */
export async function untilListening(port: number): Promise<number> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return Date.now();
    await delay(5);
  }
}
