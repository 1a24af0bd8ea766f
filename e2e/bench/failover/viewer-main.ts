/**
 * All viewers of one repetition, in one process outside the cluster: `node viewer-main.ts <settings file>`. Players
 * connect again at once when they are thrown out; connectors ask for a stream anew each 100 ms. One event a line:
 *
 *     p <player> <ms> <hash>                    a picture
 *     b <player> <began ms>                     the first picture of a connection follows
 *     e <player> <ms> <reason>                  a connection that had shown pictures is over
 *     n <connector> <began ms> <ms> <ok|no>     one new connection, and whether it was told of the stream
 */
import { readFileSync } from 'node:fs';
import { RtspPlayer } from '../../peers/rtsp-player.ts';
import { describeStatus, type Viewer } from '../../peers/rtsp-probe.ts';
import type { ViewerSettings } from './viewers.ts';

/** As recorders set it (Frigate: 5 s): a picture that stands for so long is a connection that is dead. */
const SILENCE_MS = 5_000;
const RETRY_MS = 100;
const CONNECT_EVERY_MS = 100;
const CONNECT_TIMEOUT_MS = 1_000;

const [settingsFile = ''] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsFile, 'utf8')) as ViewerSettings;
const now = () => performance.timeOrigin + performance.now();
const tell = (...words: (string | number)[]) => process.stdout.write(`${words.join(' ')}\n`);

for (const [index, viewer] of settings.players.entries()) play(index, viewer);
for (const [index, viewer] of settings.connectors.entries()) {
  setInterval(() => void connect(index, viewer), CONNECT_EVERY_MS);
}

function play(index: number, viewer: Viewer): void {
  const beganMs = now();
  let hasPlayed = false;
  new RtspPlayer(viewer, SILENCE_MS, {
    onPicture: (hash) => {
      if (!hasPlayed) tell('b', index, beganMs);
      hasPlayed = true;
      tell('p', index, now(), hash);
    },
    onEnd: (reason) => {
      if (hasPlayed) tell('e', index, now(), reason);
      setTimeout(() => play(index, viewer), hasPlayed ? 0 : Math.max(0, beganMs + RETRY_MS - now()));
    },
  });
}

async function connect(index: number, viewer: Viewer): Promise<void> {
  const beganMs = now();
  const status = await describeStatus(viewer, CONNECT_TIMEOUT_MS).catch(() => 0);
  tell('n', index, beganMs, now(), status === 200 ? 'ok' : 'no');
}
