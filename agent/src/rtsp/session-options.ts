/** What playing and publishing have in common. */
import type { LookupFunction } from 'node:net';
import type { Credential } from '@cupola/protocol';
import type { FrameRow } from '../rtp/frame-row.ts';
import { RtspConnection } from './connection.ts';
import { RtspError } from './rtsp-error.ts';
import { parseRtspUrl, type RtspUrl } from './wire/rtsp-url.ts';

export interface SessionOptions {
  /** `rtsp://host[:port]/path`, without a credential. */
  readonly url: string;
  readonly credential?: Credential | undefined;
  /** Until the TCP connection stands. Default 3 s. */
  readonly connectTimeoutMs?: number;
  /** Until a request is answered. Default 8 s: MediaMTX lets a refused login wait for up to 4 s. */
  readonly requestTimeoutMs?: number;
  /** From `start` until media may flow. Default 15 s. */
  readonly handshakeTimeoutMs?: number;
  /** In place of the system's name resolution. */
  readonly lookup?: LookupFunction;
}

/** Throws `RtspError` CUP_RTSP_BAD_URL. */
export function readSessionUrl(text: string): RtspUrl {
  try {
    return parseRtspUrl(text);
  } catch (cause) {
    const result = cause instanceof Error ? cause.message : 'not a URL';
    // The URL itself may hold a password here: only what the cause shows of it is repeated.
    throw new RtspError('CUP_RTSP_BAD_URL', { attempt: 'connect', url: '', result, cause });
  }
}

export function openConnection(
  options: SessionOptions,
  url: RtspUrl,
  onFrames: (channel: number, row: FrameRow) => void,
): RtspConnection {
  return new RtspConnection({
    url,
    credential: options.credential,
    connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 8_000,
    lookup: options.lookup,
    onFrames,
  });
}
