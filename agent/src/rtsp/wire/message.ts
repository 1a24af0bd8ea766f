/** RTSP/1.0 requests and responses (RFC 2326) and their text. */
import type { HeaderList } from './header-list.ts';
import { WireError } from './wire-error.ts';

export interface RtspRequest {
  readonly method: string;
  /** An absolute URL or `*`. */
  readonly url: string;
  readonly headers: HeaderList;
  /** A view, valid during the call that hands it over only. */
  readonly body: Buffer;
}

export interface RtspResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  /** A view, valid during the call that hands it over only. */
  readonly body: Buffer;
}

/** `Content-Length` is added from the body, and must not be among the headers. Throws `WireError`. */
export function formatRequest(
  request: Pick<RtspRequest, 'method' | 'url' | 'headers'>,
  body: Buffer | string = '',
): Buffer {
  if (!/^[A-Z_]+$/.test(request.method)) {
    throw new WireError('CUP_RTSP_BAD_MESSAGE', 'not a method', request.method);
  }
  // A space or line end in a URL that came from a peer (Content-Base, a=control) would end the request line.
  if (!/^[\x21-\x7e]+$/.test(request.url)) {
    throw new WireError(
      'CUP_RTSP_BAD_URL',
      'a URL may hold only printable ASCII without spaces',
      request.url,
    );
  }
  return formatMessage(`${request.method} ${request.url} RTSP/1.0\r\n`, request.headers, body);
}

/** As `formatRequest`. */
export function formatResponse(
  response: Pick<RtspResponse, 'status' | 'reason' | 'headers'>,
  body: Buffer | string = '',
): Buffer {
  return formatMessage(`RTSP/1.0 ${response.status} ${response.reason}\r\n`, response.headers, body);
}

function formatMessage(startLine: string, headers: HeaderList, body: Buffer | string): Buffer {
  const content = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  let head = startLine;
  for (const [name, value] of headers) {
    if (/[\r\n\0]/.test(name) || /[\r\n\0]/.test(value)) {
      // The value is left out of the text: it may be a credential.
      throw new WireError('CUP_RTSP_BAD_HEADER', 'a header may hold no line end or NUL', name);
    }
    head += `${name}: ${value}\r\n`;
  }
  if (content.length > 0) head += `Content-Length: ${content.length}\r\n`;
  // Latin-1, as `parseHead` reads: what a server says of itself (realm, nonce) goes back byte for byte.
  return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), content]);
}
