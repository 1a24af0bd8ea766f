/** One try by FFmpeg to read or to publish by SRT or RTMP, for finding out who is let in. */
import { once } from 'node:events';
import { startChild } from './child.ts';

export type DoorProtocol = 'srt' | 'rtmp';

export interface Attempt {
  readonly protocol: DoorProtocol;
  /** Host and port. */
  readonly authority: string;
  /** The stream's path. */
  readonly path: string;
  /** None is shown where it is left out. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** Whether a reader gets a picture. The login is in no argument list. */
export async function mayRead(attempt: Attempt, netns: string): Promise<boolean> {
  const input = [
    '-f',
    'concat',
    '-safe',
    '0',
    '-protocol_whitelist',
    'file,pipe,tcp,udp,srt,rtmp',
    '-i',
    'pipe:0',
  ];
  const playlist = `ffconcat version 1.0\nfile '${doorUrl('read', attempt)}'\n`;
  return succeeds([...input, '-frames:v', '1', '-f', 'null', '-'], netns, playlist);
}

/** Whether a publisher may send for a second; its login is seen in the argument list. */
export async function mayPublish(attempt: Attempt, netns: string): Promise<boolean> {
  const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25:duration=1'];
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const format = attempt.protocol === 'srt' ? 'mpegts' : 'flv';
  return succeeds([...picture, ...encoder, '-f', format, doorUrl('publish', attempt)], netns, '');
}

/** MediaMTX's own forms of a login. */
function doorUrl(action: 'read' | 'publish', { protocol, authority, path, login }: Attempt): string {
  if (protocol === 'srt') {
    const shown = login === undefined ? '' : `:${login.user}:${login.password}`;
    return `srt://${authority}?streamid=${action}:${path}${shown}`;
  }
  const shown =
    login === undefined ? '' : `?${new URLSearchParams({ user: login.user, pass: login.password })}`;
  return `rtmp://${authority}/${path}${shown}`;
}

async function succeeds(args: readonly string[], netns: string, input: string): Promise<boolean> {
  const child = startChild('ffmpeg', ['-hide_banner', '-loglevel', 'quiet', ...args], {
    ...{ netns, stdio: ['pipe', 'ignore', 'ignore'] },
  });
  child.stdin?.on('error', () => undefined); // the exit code tells
  child.stdin?.end(input);
  await once(child, 'exit');
  return child.exitCode === 0;
}
