/** Finds out what a server has at a URL: connect, OPTIONS, DESCRIBE, redirects followed. */
import type { FrameRow } from '../rtp/frame-row.ts';
import type { RtspConnection } from './connection.ts';
import type { Answer } from './pending-requests.ts';
import { RtspError } from './rtsp-error.ts';
import type { SessionLife } from './session-life.ts';
import { openConnection, readSessionUrl, type SessionOptions } from './session-options.ts';
import { resolveBaseUrl } from './wire/control-url.ts';
import type { RtspUrl } from './wire/rtsp-url.ts';
import { readTracks, type StreamDescription } from './wire/sdp-tracks.ts';

export interface DescribedStream {
  readonly connection: RtspConnection;
  readonly description: StreamDescription;
  /** For PLAY, TEARDOWN and keep-alives. */
  readonly baseUrl: string;
  /** GET_PARAMETER where the server says that it knows it: VLC's needs it, and some cameras close on OPTIONS. */
  readonly keepAliveMethod: 'GET_PARAMETER' | 'OPTIONS';
}

const MAX_REDIRECTS = 3;

export async function describeStream(
  life: SessionLife,
  options: SessionOptions,
  onFrames: (channel: number, row: FrameRow) => void,
): Promise<DescribedStream> {
  const first = readSessionUrl(options.url);
  let url = first;
  for (let redirects = 0; ; redirects++) {
    // The credential is the first host's; another one that a redirect names does not get it.
    const allowed = url.host.toLowerCase() === first.host.toLowerCase();
    const connection = openConnection(
      allowed ? options : { ...options, credential: undefined },
      url,
      onFrames,
    );
    await life.connect(connection);
    const keepAliveMethod = await askOptions(connection, url);
    const answer = await connection.request('DESCRIBE', url.text, { Accept: 'application/sdp' });
    if (answer.status < 300 || answer.status > 399) {
      return { connection, keepAliveMethod, ...readDescription(connection, url, answer) };
    }
    await connection.close();
    url = readLocation(url, answer, redirects);
  }
}

/** Not every server implements OPTIONS, so only a refused credential ends the session here. */
async function askOptions(
  connection: RtspConnection,
  url: RtspUrl,
): Promise<DescribedStream['keepAliveMethod']> {
  const answer = await connection.request('OPTIONS', url.text);
  if (answer.status === 401) throw connection.makeRefusal('OPTIONS', answer);
  const methods = (answer.headers.get('Public') ?? '').split(',').map((method) => method.trim());
  return methods.includes('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS';
}

function readDescription(
  connection: RtspConnection,
  url: RtspUrl,
  answer: Answer,
): { description: StreamDescription; baseUrl: string } {
  if (answer.status !== 200) throw connection.makeRefusal('DESCRIBE', answer);
  const description = readTracks(answer.body);
  if (description.tracks.length === 0) {
    const reasons = description.skipped.map((media) => `${media.media}: ${media.reason}`).join('; ');
    const result = `nothing that can be carried (${reasons})`;
    throw new RtspError('CUP_RTSP_NO_TRACKS', { attempt: 'DESCRIBE', url: url.text, result });
  }
  return { description, baseUrl: resolveBaseUrl(url, answer.headers, description.control) };
}

function readLocation(from: RtspUrl, answer: Answer, redirects: number): RtspUrl {
  const location = answer.headers.get('Location');
  const fields = { attempt: 'DESCRIBE', url: from.text, status: answer.status };
  if (redirects >= MAX_REDIRECTS) {
    const result = `redirected more than ${MAX_REDIRECTS} times`;
    throw new RtspError('CUP_RTSP_REDIRECT', { ...fields, result });
  }
  if (location === undefined)
    throw new RtspError('CUP_RTSP_REDIRECT', { ...fields, result: 'redirected to nowhere' });
  return readSessionUrl(location);
}
