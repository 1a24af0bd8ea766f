import type { IncomingMessage } from 'node:http';

/** One line of a watch's answer. */
export interface WatchEvent {
  type: string;
  object: unknown;
}

/** etcd holds no object above 1.5 MiB; a line longer than this is not an event. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** The answer was not what a watch answers. The watch is begun anew with a list. */
export class MalformedWatchError extends Error {
  override readonly name = 'MalformedWatchError';
  readonly code = 'CUP_WATCH_MALFORMED';
}

/** No byte came for longer than the API server leaves between bookmarks: the connection is half-open. */
export class SilentWatchError extends Error {
  override readonly name = 'SilentWatchError';
  readonly code = 'CUP_WATCH_SILENT';
}

/** The events of a watch, one by one, until the server ends it. Throws what broke it. `onChunk`: bytes came. */
export async function* readWatchEvents(
  answer: IncomingMessage,
  onChunk: () => void,
): AsyncGenerator<WatchEvent, void> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    onChunk();
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]);
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line.length > 0) yield parseEvent(line);
    }
    pendingBytes += chunk.length - start;
    if (pendingBytes > MAX_LINE_BYTES) {
      throw new MalformedWatchError(`a line of the watch is longer than ${MAX_LINE_BYTES} bytes`);
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  if (pendingBytes > 0) throw new MalformedWatchError('the watch ended within a line');
}

function parseEvent(line: Buffer): WatchEvent {
  try {
    const event: unknown = JSON.parse(line.toString('utf8'));
    if (typeof event === 'object' && event !== null && 'type' in event && 'object' in event) {
      return { type: String(event.type), object: event.object };
    }
  } catch {
    // The line may quote a Secret: it is not part of the error.
  }
  throw new MalformedWatchError('a line of the watch is not an event');
}
