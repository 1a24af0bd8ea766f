/**
 * One connection of an encoder to the server on localhost. It plays or it publishes:
 *
 *     OPTIONS --who?--> admitted --DESCRIBE--> SETUP a track --PLAY----> playing  --TEARDOWN, end--> closed
 *                          '-----ANNOUNCE----> SETUP a track --RECORD--> recording -------------------^
 *
 * The peer is FFmpeg, which asks and waits for the answer. Whatever else comes is refused, or ends the connection.
 */
import type { Socket } from 'node:net';
import { endOfFrame, FRAME_HEADER_BYTES, type FrameRow } from '../../rtp/frame-row.ts';
import { readSenderReport } from '../../rtp/sender-report.ts';
import { announcedControl, renderAnnounceSdp } from '../wire/announce-sdp.ts';
import { HeaderList } from '../wire/header-list.ts';
import { formatResponse, type RtspRequest } from '../wire/message.ts';
import { RtspParser } from '../wire/parser.ts';
import { readTracks } from '../wire/sdp-tracks.ts';
import type { Track } from '../wire/track.ts';
import { formatTransport } from '../wire/transport.ts';
import type { Guest } from './guest.ts';

/** A peer that has not said who it is, or not come to play or record, for so long. */
const HANDSHAKE_MS = 5_000;
const SESSION = '1';
const METHODS = 'OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, GET_PARAMETER, TEARDOWN';

interface Reply {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const OK: Reply = { status: 200, reason: 'OK' };
const REFUSED: Reply = { status: 403, reason: 'Forbidden' };
const NOT_NOW: Reply = { status: 455, reason: 'Method Not Valid in This State' };

/** Finds whose a connection is by the URL of its first request; undefined where it is nobody's. */
export type Admit = (url: string) => Promise<Guest | undefined>;

export class LocalConnection {
  /** Resolves when the socket is gone. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #admit: Admit;
  readonly #parser: RtspParser;
  readonly #handshake: NodeJS.Timeout;
  #guest: Guest | undefined;
  #isAsking = false;
  /** Of an ANNOUNCE. */
  #announced: readonly Track[] | undefined;
  #state: 'new' | 'playing' | 'recording' = 'new';

  constructor(socket: Socket, admit: Admit) {
    this.#socket = socket;
    this.#admit = admit;
    this.#parser = new RtspParser({
      onRequest: (request) => this.#takeRequest(request),
      onResponse: () => this.close(),
      onFrames: (channel, row) => this.#takeFrames(channel, row),
    });
    this.#handshake = setTimeout(() => this.close(), HANDSHAKE_MS);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined); // `close` follows.
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(this.#finish())));
  }

  close(): void {
    this.#parser.stop();
    this.#socket.destroy();
  }

  #finish(): void {
    clearTimeout(this.#handshake);
    this.#parser.stop();
    if (this.#state === 'recording') this.#guest?.taken.end();
  }

  #read(chunk: Buffer): void {
    try {
      this.#parser.push(chunk);
    } catch {
      this.close(); // What an encoder of ours says ill it says again when it is started again.
    }
  }

  #takeRequest(request: RtspRequest): void {
    if (this.#isAsking) this.close();
    else if (this.#guest === undefined) this.#greet(request).catch(() => this.close());
    else this.#reply(request, this.#answer(request, this.#guest));
  }

  /** The first request. Nothing is asked beside it: FFmpeg waits for its answer. */
  async #greet(request: RtspRequest): Promise<void> {
    this.#isAsking = true;
    const first = { ...request, body: Buffer.from(request.body) };
    this.#guest = await this.#admit(request.url).catch(() => undefined);
    this.#isAsking = false;
    this.#reply(first, this.#guest === undefined ? REFUSED : this.#answer(first, this.#guest));
  }

  #answer(request: RtspRequest, guest: Guest): Reply {
    switch (request.method) {
      case 'OPTIONS':
        return { ...OK, headers: { Public: METHODS } };
      case 'GET_PARAMETER':
      case 'TEARDOWN':
        return OK;
      case 'DESCRIBE':
        return this.#describe(request, guest);
      case 'ANNOUNCE':
        return this.#announce(request);
      case 'SETUP':
        return this.#setUp(request, guest);
      case 'PLAY':
        return this.#play(request, guest);
      case 'RECORD':
        return this.#record(guest);
      default:
        return { status: 501, reason: 'Not Implemented' };
    }
  }

  #describe(request: RtspRequest, guest: Guest): Reply {
    const headers = { 'Content-Type': 'application/sdp', 'Content-Base': `${request.url}/` };
    return { ...OK, headers, body: renderAnnounceSdp(guest.served.tracks) };
  }

  /** A `WireError` of its description ends the connection. */
  #announce(request: RtspRequest): Reply {
    if (this.#state !== 'new') return NOT_NOW;
    this.#announced = readTracks(request.body.toString('utf8')).tracks;
    return OK;
  }

  /** Channels are ours to choose (RFC 2326 section 12.39): 2n and 2n + 1 for the nth track. */
  #setUp(request: RtspRequest, guest: Guest): Reply {
    const controls =
      this.#announced?.map((track) => track.control) ??
      guest.served.tracks.map((_, index) => announcedControl(index));
    const index = controls.findIndex((control) => control !== '' && request.url.endsWith(`/${control}`));
    if (this.#state !== 'new' || index < 0) return NOT_NOW;
    const mode = this.#announced === undefined ? 'play' : 'record';
    const transport = formatTransport({ rtp: index * 2, rtcp: index * 2 + 1 }, mode);
    return { ...OK, headers: { Transport: transport, Session: SESSION } };
  }

  /** The times of the tracks to one another are those of RTP-Info (RFC 2326 section 12.33). */
  #play(request: RtspRequest, guest: Guest): Reply {
    if (this.#state !== 'new' || this.#announced !== undefined) return NOT_NOW;
    this.#begin('playing');
    const socket = this.#socket;
    // Frames go out behind the answer.
    process.nextTick(() => {
      if (socket.destroyed) return;
      guest.served.play({
        get backlogBytes() {
          return socket.writableLength;
        },
        write: (frames) => socket.write(frames),
      });
    });
    const base = request.url.replace(/\/$/, '');
    const info = guest.served.timestamps.map(
      (timestamp, track) => `url=${base}/${announcedControl(track)};rtptime=${timestamp}`,
    );
    return { ...OK, headers: { Session: SESSION, 'RTP-Info': info.join(',') } };
  }

  #record(guest: Guest): Reply {
    if (this.#state !== 'new' || this.#announced === undefined) return NOT_NOW;
    this.#begin('recording');
    guest.taken.begin(this.#announced);
    return { ...OK, headers: { Session: SESSION } };
  }

  #begin(state: 'playing' | 'recording'): void {
    this.#state = state;
    clearTimeout(this.#handshake);
  }

  #takeFrames(channel: number, row: FrameRow): void {
    if (this.#state === 'new') this.close();
    if (this.#state !== 'recording') return; // What a player says of what it received nobody needs.
    if (channel % 2 === 0) this.#guest?.taken.onRtp(channel / 2, row);
    else this.#takeReports((channel - 1) / 2, row);
  }

  #takeReports(track: number, { bytes, start, end }: FrameRow): void {
    for (let at = start; at < end; ) {
      const next = endOfFrame(bytes, at);
      const clock = readSenderReport(bytes, at + FRAME_HEADER_BYTES, next);
      if (clock !== undefined) this.#guest?.taken.onClock(track, clock);
      at = next;
    }
  }

  #reply(request: RtspRequest, { status, reason, headers, body }: Reply): void {
    const list = HeaderList.of({ ...headers });
    const cseq = request.headers.get('CSeq');
    if (cseq !== undefined) list.add('CSeq', cseq);
    this.#socket.write(formatResponse({ status, reason, headers: list }, body));
    if (request.method === 'TEARDOWN' || status === REFUSED.status) this.#socket.end();
  }
}
