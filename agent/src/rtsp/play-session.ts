/** Plays a stream over RTSP/TCP: every track that its description offers, as RTP and RTCP packets. */
import type { FrameRow } from '../rtp/frame-row.ts';
import type { RtspConnection } from './connection.ts';
import { type DescribedStream, describeStream } from './describe.ts';
import { restAfterTurn } from './gathering.ts';
import type { RtspError } from './rtsp-error.ts';
import { SessionLife } from './session-life.ts';
import type { SessionOptions } from './session-options.ts';
import { resolveControl } from './wire/control-url.ts';
import { parseSessionHeader } from './wire/session-header.ts';
import type { Track } from './wire/track.ts';
import { formatTransport, readTransport } from './wire/transport.ts';
import { WireError } from './wire/wire-error.ts';

export interface PlayEvents {
  /**
   * `track`: an index of what `start` resolved with. The packets are as they came, unchecked, and valid
   * during the call only. What is thrown closes the session.
   */
  onRtp(track: number, packets: FrameRow): void;
  onRtcp(track: number, packets: FrameRow): void;
}

export interface PlayOptions extends SessionOptions {
  readonly events: PlayEvents;
  /** No RTP of any track for this long closes the session (CUP_RTSP_SILENT). Default 5 s. */
  readonly readTimeoutMs?: number;
}

const NO_CHANNEL = -1;
const CHANNELS = 256;
const DEFAULT_SESSION_TIMEOUT_MS = 60_000;
/** Some cameras forget a session before the time that they state. */
const MAX_KEEP_ALIVE_MS = 30_000;

export class PlaySession {
  readonly #options: PlayOptions;
  readonly #life: SessionLife;
  readonly #readTimeoutMs: number;
  /** Track times 2, plus 1 for RTCP, by interleaved channel. */
  readonly #streams = new Int16Array(CHANNELS).fill(NO_CHANNEL);
  #baseUrl: string | undefined;
  #rtpPackets = 0;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#readTimeoutMs = options.readTimeoutMs ?? 5_000;
    this.#life = new SessionLife(options);
  }

  /** Resolves when the session is over and its socket gone, with why; undefined where `close` ended it. */
  get closed(): Promise<RtspError | undefined> {
    return this.#life.closed;
  }

  /**
   * Resolves once PLAY is accepted; packets may come a little earlier. Rejects with `RtspError`: see its table
   * for what can be told apart.
   */
  start(signal?: AbortSignal): Promise<readonly Track[]> {
    return this.#life.start(signal, () => this.#handshake());
  }

  /** Idempotent; resolves when the socket is gone. */
  close(): Promise<void> {
    return this.#life.close(this.#baseUrl);
  }

  async #handshake(): Promise<readonly Track[]> {
    const stream = await describeStream(this.#life, this.#options, (channel, row) =>
      this.#takeFrames(channel, row),
    );
    const { connection, description, baseUrl } = stream;
    this.#baseUrl = baseUrl;
    let sessionTimeoutMs = DEFAULT_SESSION_TIMEOUT_MS;
    for (const [index, track] of description.tracks.entries()) {
      sessionTimeoutMs = (await this.#setUp(connection, index, track, baseUrl)) ?? sessionTimeoutMs;
    }
    // Parrot's server demands a Range (seen by gortsplib).
    await connection.demand('PLAY', baseUrl, { Range: 'npt=0.000-' });
    this.#watch(stream, sessionTimeoutMs);
    return description.tracks;
  }

  /** Returns the session's time-out where the server states one. */
  async #setUp(
    connection: RtspConnection,
    index: number,
    track: Track,
    baseUrl: string,
  ): Promise<number | undefined> {
    const asked = { rtp: index * 2, rtcp: index * 2 + 1 };
    const headers = { Transport: formatTransport(asked, 'play') };
    const answer = await connection.demand('SETUP', resolveControl(baseUrl, track.control), headers);
    const channels = readTransport(answer.headers.get('Transport'), asked);
    if (this.#streams[channels.rtp] !== NO_CHANNEL || this.#streams[channels.rtcp] !== NO_CHANNEL) {
      throw new WireError('CUP_RTSP_BAD_HEADER', 'an interleaved channel is used twice');
    }
    this.#streams[channels.rtp] = index * 2;
    this.#streams[channels.rtcp] = index * 2 + 1;
    const session = answer.headers.get('Session');
    if (session === undefined) return undefined;
    const { id, timeoutMs } = parseSessionHeader(session);
    connection.sessionId = id;
    return timeoutMs;
  }

  #takeFrames(channel: number, row: FrameRow): void {
    const stream = this.#streams[channel] ?? NO_CHANNEL;
    if (stream === NO_CHANNEL) return;
    if ((stream & 1) === 0) {
      this.#rtpPackets += row.count;
      restAfterTurn();
      this.#options.events.onRtp(stream >> 1, row);
    } else {
      this.#options.events.onRtcp(stream >> 1, row);
    }
  }

  /** Until the connection is gone: keeps the session alive and looks whether media still come. */
  #watch(stream: DescribedStream, sessionTimeoutMs: number): void {
    const { connection, keepAliveMethod, baseUrl } = stream;
    let lastRtpMs = performance.now();
    let packetsAtLastLook = this.#rtpPackets;
    const keepAlive = setInterval(
      () => void this.#life.keepAlive(keepAliveMethod, baseUrl, 'ignore'),
      Math.min(sessionTimeoutMs / 2, MAX_KEEP_ALIVE_MS),
    );
    const silence = setInterval(() => {
      const nowMs = performance.now();
      if (this.#rtpPackets !== packetsAtLastLook) {
        packetsAtLastLook = this.#rtpPackets;
        lastRtpMs = nowMs;
      } else if (nowMs - lastRtpMs >= this.#readTimeoutMs) {
        connection.fail('CUP_RTSP_SILENT', 'read', `no media for ${this.#readTimeoutMs} ms`);
      }
    }, this.#readTimeoutMs / 8);
    void connection.closed.then(() => {
      clearInterval(keepAlive);
      clearInterval(silence);
    });
  }
}
