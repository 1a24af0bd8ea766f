/** Publishes a stream over RTSP/TCP (ANNOUNCE, RECORD). */
import type { RtspConnection } from './connection.ts';
import { type FramedPackets, setChannel } from './framed-packets.ts';
import type { RtspError } from './rtsp-error.ts';
import { SessionLife } from './session-life.ts';
import { openConnection, readSessionUrl, type SessionOptions } from './session-options.ts';
import { announcedControl, renderAnnounceSdp } from './wire/announce-sdp.ts';
import { resolveControl } from './wire/control-url.ts';
import { parseSessionHeader } from './wire/session-header.ts';
import type { Track } from './wire/track.ts';
import { formatTransport, type InterleavedChannels, readTransport } from './wire/transport.ts';

export interface PublishOptions extends SessionOptions {
  readonly tracks: readonly Track[];
  /**
   * Units are dropped whole while this much waits for the server. Default 2 MiB: 4 s of a 4 Mbit/s stream.
   */
  readonly maxBacklogBytes?: number;
  /** A backlog that is never empty for this long closes the session (CUP_RTSP_STALLED). Default 10 s. */
  readonly writeTimeoutMs?: number;
}

/**
 * MediaMTX closes a publisher that says nothing for its readTimeout (10 s by default, 5 s in a media pod), but
 * takes any request for a sign of life. So readers stay attached while there is nothing to publish.
 */
const IDLE_KEEP_ALIVE_MS = 1_500;

export class PublishSession {
  readonly #options: PublishOptions;
  readonly #life: SessionLife;
  readonly #maxBacklogBytes: number;
  readonly #channels: InterleavedChannels[] = [];
  /** From RECORD to the end. */
  #connection: RtspConnection | undefined;
  #hasWritten = false;
  #wasEmpty = false;

  constructor(options: PublishOptions) {
    this.#options = options;
    this.#maxBacklogBytes = options.maxBacklogBytes ?? 2 * 1024 * 1024;
    this.#life = new SessionLife(options);
  }

  /** Resolves when the session is over and its socket gone, with why; undefined where `close` ended it. */
  get closed(): Promise<RtspError | undefined> {
    return this.#life.closed;
  }

  /** Resolves once RECORD is accepted. Rejects with `RtspError`. */
  start(signal?: AbortSignal): Promise<void> {
    return this.#life.start(signal, () => this.#handshake());
  }

  /**
   * Sends the RTP packets of one track in one write. False where they were dropped: the server is too far behind, or the
   * session does not run.
   */
  write(track: number, packets: FramedPackets): boolean {
    const socket = this.#connection?.socket;
    const channel = this.#channels[track]?.rtp;
    if (!socket?.writable || channel === undefined) return false;
    const backlog = socket.writableLength;
    if (backlog === 0) this.#wasEmpty = true;
    else if (backlog + packets.bytes > this.#maxBacklogBytes) return false;
    this.#hasWritten = true;
    setChannel(packets, channel);
    const frames = packets.memory.subarray(0, packets.bytes);
    if (backlog > 0) {
      // Behind others already: the bytes stay a while, in memory of their own.
      socket.write(Buffer.from(frames));
      return true;
    }
    // Node tries a write at once: nearly always the kernel has the bytes when it returns.
    socket.write(frames);
    if (socket.writableLength > 0) packets.leave();
    return true;
  }

  /** Idempotent; resolves when the socket is gone. */
  close(): Promise<void> {
    return this.#life.close(this.#options.url);
  }

  async #handshake(): Promise<void> {
    const { tracks } = this.#options;
    const url = readSessionUrl(this.#options.url);
    // A server has nothing to say to a publisher but receiver reports.
    const connection = openConnection(this.#options, url, () => undefined);
    await this.#life.connect(connection);
    const sdp = { 'Content-Type': 'application/sdp' };
    await connection.demand('ANNOUNCE', url.text, sdp, renderAnnounceSdp(tracks));
    for (const index of tracks.keys()) {
      const asked = { rtp: index * 2, rtcp: index * 2 + 1 };
      const headers = { Transport: formatTransport(asked, 'record') };
      const answer = await connection.demand(
        'SETUP',
        resolveControl(url.text, announcedControl(index)),
        headers,
      );
      this.#channels.push(readTransport(answer.headers.get('Transport'), asked));
      const session = answer.headers.get('Session');
      if (session !== undefined) connection.sessionId = parseSessionHeader(session).id;
    }
    await connection.demand('RECORD', url.text, { Range: 'npt=0.000-' });
    this.#watch(connection, url.text);
  }

  /** Until the connection is gone: keeps an idle session alive and ends a stalled one. */
  #watch(connection: RtspConnection, url: string): void {
    this.#connection = connection;
    const { socket } = connection;
    const writeTimeoutMs = this.#options.writeTimeoutMs ?? 10_000;
    let lastEmptyMs = performance.now();
    let asked: Promise<void> | undefined;
    const timer = setInterval(
      () => {
        const nowMs = performance.now();
        if (socket.writableLength === 0 || this.#wasEmpty) lastEmptyMs = nowMs;
        else if (nowMs - lastEmptyMs >= writeTimeoutMs) {
          connection.fail('CUP_RTSP_STALLED', 'write', `the server did not keep up for ${writeTimeoutMs} ms`);
        }
        if (!this.#hasWritten && !asked) {
          asked = this.#life.keepAlive('OPTIONS', url, 'close').finally(() => {
            asked = undefined;
          });
        }
        this.#wasEmpty = false;
        this.#hasWritten = false;
      },
      Math.min(IDLE_KEEP_ALIVE_MS, writeTimeoutMs),
    );
    void connection.closed.then(() => {
      clearInterval(timer);
      this.#connection = undefined;
    });
  }
}
