import { createMergerCounters, type MergerCounters } from '../merge/merger-counters.ts';

/** What all paths of a pod have received and sent so far. Plain numbers, read at each scrape. */
export interface StreamCounters {
  /** Attempts to open a leg. */
  legAttempts: number;
  legPackets: number;
  legBytes: number;
  packetsPublished: number;
  bytesPublished: number;
  /** MediaMTX was too far behind. */
  packetsDropped: number;
  publisherOpenings: number;
  /** Encoders that ended by themselves, or hung. */
  encoderFailures: number;
  /** Pictures that encoders left out because they were behind. */
  encoderDroppedFrames: number;
  readonly merging: MergerCounters;
}

export function createCounters(): StreamCounters {
  return {
    legAttempts: 0,
    legPackets: 0,
    legBytes: 0,
    packetsPublished: 0,
    bytesPublished: 0,
    packetsDropped: 0,
    publisherOpenings: 0,
    encoderFailures: 0,
    encoderDroppedFrames: 0,
    merging: createMergerCounters(),
  };
}
