/**
 * Sends clips to a MediaMTX in real time: `node feeder-main.ts <settings as JSON>`. Each stream is published at each of
 * its URLs, the same bytes in the same turn: one camera that pushes twice.
 */
import type { Socket } from 'node:net';
import { Clip } from './clip.ts';
import { frameIntervalMs, type Load } from './load.ts';
import { publishStream } from './media-connection.ts';

export interface FeederSettings {
  readonly load: Load;
  readonly streams: readonly (readonly string[])[];
}

const settings = JSON.parse(process.argv[2] ?? '') as FeederSettings;
const intervalMs = frameIntervalMs(settings.load);
for (const [index, urls] of settings.streams.entries()) {
  const sockets = await Promise.all(urls.map(publishStream));
  feed(
    sockets,
    new Clip(settings.load, makeRandom(index + 1)),
    (index / settings.streams.length) * intervalMs,
  );
}
process.stdout.write('ready\n');

/** The streams are spread over the frame interval, so that they do not all send at once. */
function feed(sockets: readonly Socket[], clip: Clip, phaseMs: number): void {
  let dueMs = Math.ceil(performance.now() / intervalMs) * intervalMs + phaseMs;
  const send = () => {
    const picture = clip.next();
    for (const socket of sockets) socket.write(picture);
    dueMs += intervalMs;
    setTimeout(send, Math.max(0, dueMs - performance.now()));
  };
  setTimeout(send, Math.max(0, dueMs - performance.now()));
}

/** Park and Miller's generator: the same bytes in every run. */
function makeRandom(seed: number): (bytes: Buffer) => void {
  let state = seed;
  return (bytes) => {
    for (let at = 0; at < bytes.length; at++) {
      state = (state * 48_271) % 0x7fff_ffff;
      bytes[at] = state;
    }
  };
}
