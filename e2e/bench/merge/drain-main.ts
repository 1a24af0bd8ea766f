/**
 * Reads and forgets: `node drain-main.ts <settings as JSON>`. Takes whatever is sent to a port, and plays streams as
 * viewers do.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { playStream } from './media-connection.ts';

export interface DrainSettings {
  readonly port: number;
  readonly play: readonly string[];
}

const settings = JSON.parse(process.argv[2] ?? '') as DrainSettings;
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.resume();
});
server.listen(settings.port, '127.0.0.1');
await once(server, 'listening');
for (const url of settings.play) await playStream(url, () => undefined);
process.stdout.write('ready\n');
