/**
 * The `RTP-Info` header of a PLAY response (RFC 2326 section 12.33): where each track stands at the same
 * instant. It is the earliest word on how the tracks' timestamps relate.
 */
import { findParameter, parseParameters } from './parameters.ts';

export interface RtpInfoEntry {
  /** Absolute, or relative to the stream's base, as the server wrote it. */
  readonly url: string;
  readonly sequence: number | undefined;
  readonly rtpTime: number | undefined;
}

/** Entries without a URL are left out; numbers out of range are undefined: the header is advice. */
export function parseRtpInfo(value: string): RtpInfoEntry[] {
  const entries: RtpInfoEntry[] = [];
  for (const part of value.split(/,(?=\s*url\s*=)/i)) {
    const parameters = parseParameters(part, ';');
    const url = findParameter(parameters, 'url');
    if (!url) continue;
    entries.push({
      url,
      sequence: readCount(findParameter(parameters, 'seq'), 0xffff),
      rtpTime: readCount(findParameter(parameters, 'rtptime'), 0xffffffff),
    });
  }
  return entries;
}

function readCount(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const count = Number(text);
  return count <= most ? count : undefined;
}
