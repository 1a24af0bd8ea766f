/** The `Transport` header (RFC 2326 section 12.39), as far as interleaved RTP over TCP needs it. */
import { findParameter, parseParameters } from './parameters.ts';
import { WireError } from './wire-error.ts';

export interface InterleavedChannels {
  readonly rtp: number;
  readonly rtcp: number;
}

export function formatTransport(channels: InterleavedChannels, mode: 'play' | 'record'): string {
  const transport = `RTP/AVP/TCP;unicast;interleaved=${channels.rtp}-${channels.rtcp}`;
  // A mode of play is left out: it is the default, and some servers refuse a request that names it.
  return mode === 'record' ? `${transport};mode=record` : transport;
}

/**
 * The channels that the server chose; those asked for where it names none (Transport missing or without
 * `interleaved`, which some cameras do). Throws `WireError` where it chose UDP or impossible channels.
 */
export function readTransport(header: string | undefined, asked: InterleavedChannels): InterleavedChannels {
  if (header === undefined) return asked;
  const parameters = parseParameters(header, ';');
  const profile = parameters[0]?.name ?? '';
  if (profile !== 'rtp/avp/tcp') {
    throw new WireError('CUP_RTSP_BAD_HEADER', 'the server did not choose RTP/AVP/TCP', header);
  }
  const interleaved = findParameter(parameters, 'interleaved');
  if (interleaved === undefined) return asked;
  const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(interleaved);
  const rtp = Number(match?.[1]);
  const rtcp = match?.[2] === undefined ? rtp + 1 : Number(match[2]);
  if (!match || rtp > 255 || rtcp > 255 || rtp === rtcp) {
    throw new WireError('CUP_RTSP_BAD_HEADER', 'impossible interleaved channels', header);
  }
  return { rtp, rtcp };
}
