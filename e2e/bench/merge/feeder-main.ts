/**
 * Sends clips to a MediaMTX in real time: `node feeder-main.ts <settings as JSON>`. Each stream is published at each of
 * its URLs, the same bytes in the same turn: one camera that pushes twice.
 */
import { feedClips } from './clip-feed.ts';
import type { Load } from './load.ts';
import { publishStream } from './media-connection.ts';

export interface FeederSettings {
  readonly load: Load;
  readonly streams: readonly (readonly string[])[];
}

const { load, streams } = JSON.parse(process.argv[2] ?? '') as FeederSettings;
const sockets = await Promise.all(streams.map((urls) => Promise.all(urls.map(publishStream))));
feedClips(load, streams.length, (index, picture) => {
  for (const socket of sockets[index] ?? []) socket.write(picture);
});
process.stdout.write('ready\n');
