/**
 * Frames by the hash of what was coded, and the comparison of those a reader got with those the camera sent.
 *
 * A frame may occur twice with the same bytes (silence, a still picture), so a hash alone says nothing: the order
 * decides. The reader's frames are laid along the sender's from where they match best.
 */

export type Track = 'v' | 'a';

export interface Frame {
  readonly track: Track;
  readonly hash: string;
  /** Of what was coded or decoded; absent where the program does not tell. */
  readonly bytes?: number;
}

/** A line of FFmpeg's framemd5 muxer, video as stream 0 and audio as stream 1; undefined for its header. */
export function parseFrame(line: string): Frame | undefined {
  const fields = line.split(',', 6).map((field) => field.trim());
  const hash = fields[5];
  if (hash === undefined || !/^[0-9a-f]{32}$/.test(hash)) return undefined;
  return { track: fields[0] === '0' ? 'v' : 'a', hash, bytes: Number(fields[4]) };
}

export interface FrameComparison {
  readonly received: number;
  /** Where in the sender's list the reader's first frame lies; -1 where it is not found. */
  readonly first: number;
  /** Sent between the reader's first and last frame, and not received. */
  readonly missing: number;
  /** Received, and never sent. */
  readonly foreign: number;
  /** Received again, or after a later one. */
  readonly outOfOrder: number;
}

/** Compares one track; the frames sent before the reader's first and after its last do not count. */
export function compareFrames(sent: readonly string[], received: readonly string[]): FrameComparison {
  const places = placesOf(sent);
  const starts = places.get(received[0] ?? '') ?? [];
  let best: FrameComparison | undefined;
  for (const start of starts) {
    const comparison = layAlong(sent, places, received, start);
    if (best === undefined || faults(comparison) < faults(best)) best = comparison;
    if (faults(best) === 0) break;
  }
  return best ?? layAlong(sent, places, received, -1);
}

/** Whether nothing is missing, foreign or out of order. */
export function isWhole(comparison: FrameComparison): boolean {
  return comparison.received > 0 && faults(comparison) === 0;
}

function faults(comparison: FrameComparison): number {
  return comparison.missing + comparison.foreign + comparison.outOfOrder;
}

function layAlong(
  sent: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  received: readonly string[],
  first: number,
): FrameComparison {
  let next = Math.max(first, 0);
  let missing = 0;
  let foreign = 0;
  let outOfOrder = 0;
  for (const hash of received) {
    if (sent[next] === hash) {
      next += 1;
      continue;
    }
    const known = places.get(hash);
    const later = known?.find((place) => place > next);
    if (known === undefined) foreign += 1;
    else if (later === undefined) outOfOrder += 1;
    else {
      missing += later - next;
      next = later + 1;
    }
  }
  return { received: received.length, first, missing, foreign, outOfOrder };
}

function placesOf(sent: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [place, hash] of sent.entries()) {
    const known = places.get(hash);
    if (known) known.push(place);
    else places.set(hash, [place]);
  }
  return places;
}
