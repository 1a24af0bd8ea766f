/** Which encoder a decoded picture came from, and its number there. */
interface Origin {
  readonly encoding: number;
  readonly number: number;
}

export interface DecodedComparison {
  /** From the first key picture on; those before it do not count. */
  readonly received: number;
  /** Like no picture that any of the sources gives when decoded: corrupt. */
  readonly foreign: number;
  /** Sent between the first and the last one received, and shown from no source. */
  readonly missing: number;
  /** After a later one of the same source, or the same again. */
  readonly outOfOrder: number;
  /** How often the pictures went on from another source. */
  readonly switches: number;
  /** Of those, how often not with a key picture of it. */
  readonly switchesInsideGop: number;
}

/**
 * Compares the decoded pictures that a reader got with those of its sources: one, or several encodings of the same
 * pictures. Decoding is exact for H.264, so a picture is one of theirs, to the bit, or it is corrupt.
 * @param sources the hashes of each encoding's decoded pictures, in order; the same place is the same picture
 * @param gop between two key pictures of every source, in pictures
 */
export function compareDecoded(
  sources: readonly (readonly string[])[],
  gop: number,
  received: readonly string[],
): DecodedComparison {
  const origins = originsOf(sources);
  const result = { foreign: 0, missing: 0, outOfOrder: 0, switches: 0, switchesInsideGop: 0 };
  let last: Origin | undefined;
  let latest: number | undefined;
  const hashes = fromKeyPicture(origins, gop, received);
  for (const hash of hashes) {
    const origin = origins.get(hash);
    if (origin === undefined) {
      result.foreign += 1;
      continue;
    }
    if (last !== undefined && origin.encoding !== last.encoding) {
      result.switches += 1;
      if (origin.number % gop !== 0) result.switchesInsideGop += 1;
    } else if (last !== undefined && origin.number <= last.number) {
      result.outOfOrder += 1;
    }
    if (latest !== undefined) result.missing += Math.max(0, origin.number - latest - 1);
    latest = Math.max(latest ?? 0, origin.number);
    last = origin;
  }
  return { received: hashes.length, ...result };
}

/**
 * What was received, as runs of consecutive pictures: `0:25-80 1:75-99 foreign*3`, the encoding before the colon.
 * For the message when something is wrong.
 */
export function describeRuns(sources: readonly (readonly string[])[], received: readonly string[]): string {
  const origins = originsOf(sources);
  const runs: { encoding: number | undefined; from: number; to: number }[] = [];
  for (const hash of received) {
    const origin = origins.get(hash);
    const run = runs.at(-1);
    const next = origin?.number ?? (run?.to ?? 0) + 1;
    if (run !== undefined && run.encoding === origin?.encoding && run.to + 1 === next) run.to = next;
    else runs.push({ encoding: origin?.encoding, from: next, to: next });
  }
  return runs
    .map(({ encoding, from, to }) =>
      encoding === undefined ? `foreign*${to - from + 1}` : `${encoding}:${from}-${to}`,
    )
    .join(' ');
}

/** A server lets readers in anywhere, and a decoder may show what it makes of the rest of that GOP. */
function fromKeyPicture(
  origins: ReadonlyMap<string, Origin>,
  gop: number,
  received: readonly string[],
): readonly string[] {
  const isKeyPicture = (hash: string) => (origins.get(hash)?.number ?? 1) % gop === 0;
  const first = received.findIndex(isKeyPicture);
  return first === -1 ? [] : received.slice(first);
}

function originsOf(sources: readonly (readonly string[])[]): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const [encoding, hashes] of sources.entries()) {
    for (const [number, hash] of hashes.entries()) origins.set(hash, { encoding, number });
  }
  return origins;
}
