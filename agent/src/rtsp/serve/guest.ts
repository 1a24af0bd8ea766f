/** What the server on localhost has for one process of the agent's own, an encoder: a stream to play, and one to take. */
import type { FrameRow } from '../../rtp/frame-row.ts';
import type { TrackClock } from '../../rtp/sender-report.ts';
import type { RtpTimestamp } from '../../rtp/sequence.ts';
import type { Track } from '../wire/track.ts';

/** Where interleaved frames for one process go. */
export interface FrameSink {
  /** Written and not taken by the process yet. */
  readonly backlogBytes: number;
  /** Whole frames, on channel 2n for the nth track. They stay as they are until `backlogBytes` is 0. */
  write(frames: Buffer): void;
}

export interface ServedStream {
  readonly tracks: readonly Track[];
  /** Of each track at one moment, that of the first picture: the process gets no sender reports that would tell. */
  readonly timestamps: readonly RtpTimestamp[];
  /** The process plays: from here on frames go to the sink. Once at most. */
  play(sink: FrameSink): void;
}

export interface TakenStream {
  /** The process publishes these tracks. */
  begin(tracks: readonly Track[]): void;
  /** Packets as they came, valid during the call only. */
  onRtp(track: number, packets: FrameRow): void;
  /** Before the track's first packets, and now and then: how its clock stands to those of the others. */
  onClock(track: number, clock: TrackClock): void;
  /** It has ended what it published, or its connection did. */
  end(): void;
}

export interface Guest {
  readonly served: ServedStream;
  readonly taken: TakenStream;
  /** Of the process; undefined while it is being started. */
  readonly pid: () => number | undefined;
}
