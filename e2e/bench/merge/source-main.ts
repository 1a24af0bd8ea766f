/**
 * Serves clips by RTSP over TCP in real time: `node source-main.ts <settings as JSON>`. A picture goes to a player in one
 * write. A MediaMTX writes packet by packet, which takes half of a small machine where 400 players are served.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { RtspFraming } from '../../peers/rtsp-framing.ts';
import { CLIP_SDP } from './clip.ts';
import { feedClips } from './clip-feed.ts';
import type { Load } from './load.ts';

export interface SourceSettings {
  readonly load: Load;
  readonly port: number;
  /** Of each clip the paths at which it is played. */
  readonly streams: readonly (readonly string[])[];
}

/** A player that is so far behind misses pictures. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

const { load, port, streams } = JSON.parse(process.argv[2] ?? '') as SourceSettings;
const players = new Map(streams.flat().map((path) => [path, new Set<Socket>()]));
const server = createServer((socket) => {
  const framing = new RtspFraming();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    for (const item of framing.push(bytes)) if (item.kind === 'message') answer(socket, item.head);
  });
});
server.listen(port, '127.0.0.1');
await once(server, 'listening');
feedClips(load, streams.length, (index, picture) => {
  for (const path of streams[index] ?? []) {
    for (const socket of players.get(path) ?? []) {
      if (socket.writableLength < MAX_BACKLOG_BYTES) socket.write(picture);
    }
  }
});
process.stdout.write('ready\n');

function answer(socket: Socket, head: string): void {
  const [method = '', url = ''] = head.split(' ', 2);
  const cseq = /^cseq: *(\d+)/im.exec(head)?.[1] ?? '';
  const about = method === 'DESCRIBE' ? describe(url) : method === 'SETUP' ? SET_UP : '';
  socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\nSession: clip\r\n${about || '\r\n'}`);
  if (method !== 'PLAY') return;
  const playing = players.get(new URL(url).pathname.replaceAll(/^\/|\/$/g, ''));
  playing?.add(socket);
  socket.once('close', () => playing?.delete(socket));
}

const SET_UP = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n';

function describe(url: string): string {
  const headers = ['Content-Type: application/sdp', `Content-Base: ${url}/`];
  return [...headers, `Content-Length: ${CLIP_SDP.length}`, '', CLIP_SDP].join('\r\n');
}
