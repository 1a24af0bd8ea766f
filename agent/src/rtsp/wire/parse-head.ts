/** The start line and the headers of one message, from the bytes before its empty line. */
import { HeaderList } from './header-list.ts';
import { WireError } from './wire-error.ts';

export type MessageHead =
  | { readonly kind: 'request'; readonly method: string; readonly url: string; readonly headers: HeaderList }
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly reason: string;
      readonly headers: HeaderList;
    };

/** `text`: Latin-1, without the closing empty line. Throws `WireError`. */
export function parseHead(text: string, maxHeaders: number): MessageHead {
  const lines = text.split('\r\n');
  const startLine = lines[0] ?? '';
  if (lines.length - 1 > maxHeaders) {
    throw new WireError('CUP_RTSP_TOO_MANY_HEADERS', `a message has more than ${maxHeaders} headers`);
  }
  const headers = new HeaderList();
  for (let index = 1; index < lines.length; index++) addHeader(headers, lines[index] ?? '');

  const response = /^RTSP\/1\.\d (\d{3})(?: (.*))?$/s.exec(startLine);
  if (response) return { kind: 'response', status: Number(response[1]), reason: response[2] ?? '', headers };
  const request = /^([A-Z_]+) ([\x21-\x7e]+) RTSP\/1\.\d$/.exec(startLine);
  if (request) return { kind: 'request', method: request[1] ?? '', url: request[2] ?? '', headers };
  throw new WireError('CUP_RTSP_BAD_MESSAGE', 'neither an RTSP/1.x request nor a response', startLine);
}

/**
 * The length of the body that follows, 0 where none is announced. Throws `WireError` where the header is not
 * a number, is there twice with different values, or is above the limit.
 */
export function readContentLength(headers: HeaderList, maxBytes: number): number {
  const [first, ...others] = headers.getAll('Content-Length');
  if (first === undefined) return 0;
  if (!/^\d{1,15}$/.test(first) || others.some((other) => other !== first)) {
    throw new WireError('CUP_RTSP_BAD_HEADER', 'Content-Length is not one number', first);
  }
  const length = Number(first);
  if (length > maxBytes) {
    throw new WireError('CUP_RTSP_BODY_TOO_LARGE', `a body has more than ${maxBytes} bytes`, first);
  }
  return length;
}

function addHeader(headers: HeaderList, line: string): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trimEnd();
  // Folded lines (a leading space) are refused too: no server is known to send them (RFC 7230 section 3.2.4).
  if (colon < 1 || !/^[!-9;-~]+$/.test(name)) {
    throw new WireError('CUP_RTSP_BAD_HEADER', 'a header line without a name', line);
  }
  headers.add(name, line.slice(colon + 1).trim());
}
