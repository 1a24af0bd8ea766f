/** The `Session` header (RFC 2326 section 12.37): `4712AA;timeout=60`. */
import { findParameter, parseParameters } from './parameters.ts';
import { WireError } from './wire-error.ts';

export interface RtspSessionHeader {
  readonly id: string;
  /** After which the server forgets the session, unless it hears of it. */
  readonly timeoutMs: number;
}

/** RFC 2326: "the default is 60 seconds (1 minute)". */
const DEFAULT_TIMEOUT_S = 60;
/** Zero, and less than this, would be a keep-alive a packet; more than a day is as good as none. */
const TIMEOUT_RANGE_S = { least: 2, most: 86_400 };

/** Throws `WireError` where there is no usable identifier. */
export function parseSessionHeader(value: string): RtspSessionHeader {
  const [first, ...rest] = value.split(';');
  const id = (first ?? '').trim();
  if (!/^[\x21-\x7e]{1,512}$/.test(id)) {
    throw new WireError('CUP_RTSP_BAD_HEADER', 'not a session identifier', value);
  }
  const stated = findParameter(parseParameters(rest.join(';'), ';'), 'timeout');
  const seconds = stated !== undefined && /^\d{1,9}$/.test(stated) ? Number(stated) : DEFAULT_TIMEOUT_S;
  const bounded = Math.min(Math.max(seconds, TIMEOUT_RANGE_S.least), TIMEOUT_RANGE_S.most);
  return { id, timeoutMs: bounded * 1000 };
}
