/**
 * FFmpeg's arguments for one rendition. Pure.
 *
 *     agent (RTSP, from the last key frame on) --> decoder --> choose frames --> scale --> encoder --> agent (RTSP)
 *
 * No credential stands in them: any process of the machine may read another's arguments. Both ends are the agent's, on
 * localhost; it knows its own processes (rtsp/serve).
 */
import type { Encoding } from '@cupola/protocol';
import { audioArguments } from './audio-arguments.ts';
import { decoderArguments, videoArguments } from './video-arguments.ts';

export interface Rendition {
  /** Where the agent serves the original, and where it takes the rendition: `rtsp://127.0.0.1:port/number/path`. */
  readonly inputUrl: string;
  readonly outputUrl: string;
  readonly encoding: Encoding;
  /** Pictures that are decoded and not encoded: those before now, where the source is read from its last key frame, ms. */
  readonly skipMs: number;
}

/** How often FFmpeg reports its progress on standard output. */
const PROGRESS_INTERVAL_MS = 500;

/** A peer on localhost that neither sends nor takes anything for this long is gone. */
const SOCKET_TIMEOUT_MICROSECONDS = 5_000_000;

/** A source whose audio pauses must not hold its video back: FFmpeg would wait 10 s to sort packets of the two. */
const MAX_INTERLEAVE_MICROSECONDS = 200_000;

export function buildArguments({ inputUrl, outputUrl, encoding, skipMs }: Rendition): string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+warning'],
    ...['-progress', 'pipe:1', '-stats_period', String(PROGRESS_INTERVAL_MS / 1_000)],
    // By default FFmpeg looks at 5 s of a stream before it starts: 1.6 s to the first output instead of 0.7 s.
    ...['-probesize', '500000', '-analyzeduration', '500000'],
    ...['-rtsp_transport', 'tcp', '-timeout', String(SOCKET_TIMEOUT_MICROSECONDS)],
    ...decoderArguments(encoding.video),
    ...['-i', inputUrl],
    ...videoArguments(encoding.video, skipMs),
    ...audioArguments(encoding.audio),
    ...['-max_interleave_delta', String(MAX_INTERLEAVE_MICROSECONDS)],
    // By default five frames of AAC go in one packet, 0.1 s late: who ties the tracks by arrival plays them so.
    ...['-muxdelay', '0'],
    ...['-f', 'rtsp', '-rtsp_transport', 'tcp', outputUrl],
  ];
}
