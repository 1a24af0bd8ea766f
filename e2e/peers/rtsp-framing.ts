/** One thing that travels on an RTSP connection over TCP: a message (RFC 2326) or an interleaved frame (10.12). */
export type RtspItem =
  | { readonly kind: 'message'; readonly head: string; readonly body: Buffer }
  | { readonly kind: 'frame'; readonly channel: number; readonly raw: Buffer };

const FRAME_MARK = 0x24;

/** Cuts the bytes of one direction of an RTSP connection into messages and interleaved frames. */
export class RtspFraming {
  #pending: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): RtspItem[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const items: RtspItem[] = [];
    for (let item = this.#take(); item !== undefined; item = this.#take()) items.push(item);
    return items;
  }

  #take(): RtspItem | undefined {
    const bytes = this.#pending;
    if (bytes.length === 0) return undefined;
    return bytes[0] === FRAME_MARK ? this.#takeFrame(bytes) : this.#takeMessage(bytes);
  }

  #takeFrame(bytes: Buffer): RtspItem | undefined {
    if (bytes.length < 4) return undefined;
    const end = 4 + bytes.readUInt16BE(2);
    if (bytes.length < end) return undefined;
    this.#pending = bytes.subarray(end);
    return { kind: 'frame', channel: bytes.readUInt8(1), raw: bytes.subarray(0, end) };
  }

  #takeMessage(bytes: Buffer): RtspItem | undefined {
    const headEnd = bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return undefined;
    const head = bytes.toString('utf8', 0, headEnd);
    const end = headEnd + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (bytes.length < end) return undefined;
    this.#pending = bytes.subarray(end);
    return { kind: 'message', head, body: bytes.subarray(headEnd + 4, end) };
  }
}
