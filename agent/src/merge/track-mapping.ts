/** Which of a leg's tracks is which of the output's. */

/** What merging needs to know of a track. */
export interface MergedTrack {
  readonly kind: 'video' | 'audio' | 'other';
  readonly codec: string;
  readonly payloadType: number;
  /** Ticks a second. */
  readonly clockRate: number;
  /** Its parameter sets, where the description has them. */
  readonly fmtp?: string;
}

/** Stands for a leg's track that the output does not have. */
export const UNMAPPED = -1;

/**
 * For each of the leg's tracks the index of the output's, matched by kind, codec and clock rate, in order.
 * Undefined where the leg lacks one of the output's video tracks (of its audio tracks, where it has no video):
 * then it is another stream.
 */
export function mapTracks(
  output: readonly MergedTrack[],
  leg: readonly MergedTrack[],
): readonly number[] | undefined {
  const taken = new Set<number>();
  const mapping = leg.map((track) => {
    const index = output.findIndex((candidate, at) => !taken.has(at) && isSameKind(candidate, track));
    if (index >= 0) taken.add(index);
    return index;
  });
  const hasVideo = output.some((track) => track.kind === 'video');
  const isNeeded = (track: MergedTrack) => (hasVideo ? track.kind === 'video' : track.kind === 'audio');
  const lacksOne = output.some((track, at) => isNeeded(track) && !taken.has(at));
  return lacksOne || taken.size === 0 ? undefined : mapping;
}

function isSameKind(one: MergedTrack, other: MergedTrack): boolean {
  return one.kind === other.kind && one.codec === other.codec && one.clockRate === other.clockRate;
}
