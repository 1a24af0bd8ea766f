/**
 * The least that a merger in Node could do: `node floor-main.ts <settings as JSON>`. Reads both legs of each camera and
 * writes the bytes of the first as they come to one socket; parses nothing.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { playStream } from './media-connection.ts';

export interface FloorSettings {
  /** The legs of each camera, and the port that takes their bytes. */
  readonly cameras: readonly { readonly legs: readonly [string, string]; readonly outletPort: number }[];
}

const settings = JSON.parse(process.argv[2] ?? '') as FloorSettings;
for (const { legs, outletPort } of settings.cameras) {
  const [first, second] = legs;
  const outlet = connect({ host: '127.0.0.1', port: outletPort, noDelay: true });
  await once(outlet, 'connect');
  await playStream(first, (bytes) => {
    // The kernel nearly always takes the bytes at once; where it did not, they must stay while others are read.
    outlet.write(outlet.writableLength === 0 ? bytes : Buffer.from(bytes));
  });
  await playStream(second, () => undefined);
}
process.stdout.write('ready\n');
