/**
 * All viewers of one repetition, in one process outside the cluster: `node viewer-main.ts <settings file>`. Players
 * connect again at once when they are thrown out; connectors ask for a stream anew each 100 ms. One event a line:
 *
 *     p <player> <ms> <word>                    a picture, by its hash, or as numbered-words.ts tells it
 *     b <player> <began ms>                     the first picture of a connection follows
 *     e <player> <ms> <reason>                  a connection that had shown pictures is over
 *     n <connector> <began ms> <ms> <ok|no>     one new connection, and whether it was told of the stream
 */
import { readFileSync } from 'node:fs';
import { NumberedPlayer } from '../../peers/numbered-player.ts';
import { RtspPlayer } from '../../peers/rtsp-player.ts';
import { describeStatus, type Viewer } from '../../peers/rtsp-probe.ts';
import { tellNumbered } from './numbered-words.ts';
import type { PlayerSettings, ViewerSettings } from './viewers.ts';

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

function play(index: number, player: PlayerSettings): void {
  const beganMs = now();
  let hasPlayed = false;
  const onPicture = (word: string) => {
    if (!hasPlayed) tell('b', index, beganMs);
    hasPlayed = true;
    tell('p', index, now(), word);
  };
  const onEnd = (reason: string) => {
    if (hasPlayed) tell('e', index, now(), reason);
    setTimeout(() => play(index, player), hasPlayed ? 0 : Math.max(0, beganMs + RETRY_MS - now()));
  };
  if (player.isNumbered === true) {
    new NumberedPlayer(player, SILENCE_MS, {
      onPicture: (picture) => onPicture(tellNumbered(picture)),
      onEnd,
    });
  } else new RtspPlayer(player, SILENCE_MS, { onPicture, onEnd });
}

async function connect(index: number, viewer: Viewer): Promise<void> {
  const beganMs = now();
  const status = await describeStatus(viewer, CONNECT_TIMEOUT_MS).catch(() => 0);
  tell('n', index, beganMs, now(), status === 200 ? 'ok' : 'no');
}
