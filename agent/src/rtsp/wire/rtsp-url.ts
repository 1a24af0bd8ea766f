/**
 * RTSP URLs, kept as their text: servers match paths and queries byte for byte, so nothing is normalised.
 * A URL with a user or password in it is refused; credentials travel apart from URLs.
 */
import { WireError } from './wire-error.ts';

export interface RtspUrl {
  /** As given. */
  readonly text: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** `rtsp://host:port`, as given: what relative references are resolved against. */
  readonly origin: string;
}

const DEFAULT_PORT = 554;

/** Throws `WireError`, whose text holds no credential. */
export function parseRtspUrl(text: string): RtspUrl {
  const match = /^(rtsp:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?)(?:[/?][\x21-\x7e]*)?$/i.exec(
    text,
  );
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (!match || port < 1 || port > 65_535) {
    const rule = /^rtsp:\/\/[^/?]*@/i.test(text)
      ? 'a URL may hold no user or password'
      : 'not an rtsp://host[:port]/path URL';
    throw new WireError('CUP_RTSP_BAD_URL', rule, hideUser(text));
  }
  const host = (match[2] ?? '').replace(/^\[|\]$/g, '');
  return { text, host, port, origin: match[1] ?? '' };
}

function hideUser(text: string): string {
  return text.replace(/\/\/.*@/, '//***@');
}
