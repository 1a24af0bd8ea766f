/**
 * How an RTSP session with a server failed.
 *
 * | code | meaning |
 * |---|---|
 * | CUP_RTSP_BAD_URL | our side: the URL is no `rtsp://host[:port]/path`, or holds a credential |
 * | CUP_RTSP_UNREACHABLE | no TCP connection: name, route, port |
 * | CUP_RTSP_CONNECT_TIMEOUT | no TCP connection in time |
 * | CUP_RTSP_UNAUTHORIZED | 401 or 403: the credential is missing, wrong or may not do this |
 * | CUP_RTSP_NOT_FOUND | 404 or 410: nothing is published there (yet) |
 * | CUP_RTSP_STATUS | any other refusal |
 * | CUP_RTSP_REDIRECT | redirected too often, or to nowhere |
 * | CUP_RTSP_NO_TRACKS | the stream is described, but has nothing that can be carried |
 * | CUP_RTSP_REQUEST_TIMEOUT | a request was not answered in time, or the whole handshake took too long |
 * | CUP_RTSP_PROTOCOL | the server broke the protocol or one of our limits; `cause` says how |
 * | CUP_RTSP_CLOSED | the server closed the connection, or it broke |
 * | CUP_RTSP_SILENT | no media for the read time-out |
 * | CUP_RTSP_STALLED | the server did not read what we publish for the write time-out |
 * | CUP_RTSP_CONSUMER | our side: what the packets are handed to threw; `cause` says what |
 * | CUP_RTSP_ABORTED | our side: start was cancelled, or the session closed during it |
 */
export type RtspErrorCode =
  | 'CUP_RTSP_BAD_URL'
  | 'CUP_RTSP_UNREACHABLE'
  | 'CUP_RTSP_CONNECT_TIMEOUT'
  | 'CUP_RTSP_UNAUTHORIZED'
  | 'CUP_RTSP_NOT_FOUND'
  | 'CUP_RTSP_STATUS'
  | 'CUP_RTSP_REDIRECT'
  | 'CUP_RTSP_NO_TRACKS'
  | 'CUP_RTSP_REQUEST_TIMEOUT'
  | 'CUP_RTSP_PROTOCOL'
  | 'CUP_RTSP_CLOSED'
  | 'CUP_RTSP_SILENT'
  | 'CUP_RTSP_STALLED'
  | 'CUP_RTSP_CONSUMER'
  | 'CUP_RTSP_ABORTED';

export interface RtspErrorFields {
  /** What was being done: a method, `connect`, `read` or `write`. */
  readonly attempt: string;
  /** On which URL; it never holds a credential. */
  readonly url: string;
  /** What came back, in a few words. */
  readonly result: string;
  /** Of the response, where there was one. */
  readonly status?: number;
  readonly cause?: unknown;
}

export class RtspError extends Error {
  override readonly name = 'RtspError';
  readonly code: RtspErrorCode;
  readonly attempt: string;
  readonly url: string;
  readonly status: number | undefined;

  constructor(code: RtspErrorCode, fields: RtspErrorFields) {
    super(`RTSP ${fields.attempt} ${fields.url}: ${fields.result}`, { cause: fields.cause });
    this.code = code;
    this.attempt = fields.attempt;
    this.url = fields.url;
    this.status = fields.status;
  }
}
