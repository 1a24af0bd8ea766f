/** A leg as a path sees it: a session with a server elsewhere, or an encoder of this pod. */
import type { LegState } from '@cupola/protocol';
import type { FrameRow } from '../rtp/frame-row.ts';
import type { TrackClock } from '../rtp/sender-report.ts';
import type { Track } from '../rtsp/wire/track.ts';

export interface PathLeg {
  readonly id: string;
  /** Whether media arrive. */
  readonly isLive: boolean;
  /** Of what it brings now; empty while it brings nothing. */
  readonly tracks: readonly Track[];
  /** How a track's clock stands to those of the others, where its sender says so; else they are tied by arrival. */
  clockOf?(track: number): TrackClock | undefined;
  describe(): LegState;
  start(): void;
  close(): Promise<void>;
  /** To be called several times a second. */
  tick(nowMs: number): void;
}

export interface LegEvents {
  /** What the leg says of itself is another than before. */
  onChange(): void;
  /** Valid during the call only. */
  onRtp(track: number, packets: FrameRow): void;
}
