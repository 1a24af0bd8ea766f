/** Why the bytes of an RTSP peer cannot be read on. After one of these the connection is closed, never resynchronised. */
export type WireErrorCode =
  | 'CUP_RTSP_BAD_MESSAGE'
  | 'CUP_RTSP_HEAD_TOO_LARGE'
  | 'CUP_RTSP_TOO_MANY_HEADERS'
  | 'CUP_RTSP_BODY_TOO_LARGE'
  | 'CUP_RTSP_BAD_HEADER'
  | 'CUP_RTSP_BAD_SDP'
  | 'CUP_RTSP_BAD_URL';

/** The longest piece of a peer's own words that is repeated in an error's text. */
const QUOTE_MAX_CHARS = 60;

/** What a peer sent breaks RTSP (RFC 2326), SDP (RFC 8866) or one of our limits. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;
  /** The rule that was broken, e.g. `header line without a colon`. */
  readonly rule: string;

  /** `sent`: the offending piece; it is shortened, and what is not printable ASCII is replaced. */
  constructor(code: WireErrorCode, rule: string, sent?: string) {
    super(sent === undefined ? rule : `${rule}: "${quote(sent)}"`);
    this.code = code;
    this.rule = rule;
  }
}

function quote(sent: string): string {
  const printable = sent.slice(0, QUOTE_MAX_CHARS).replace(/[^\x20-\x7e]/g, '?');
  return sent.length > QUOTE_MAX_CHARS ? `${printable}...` : printable;
}
