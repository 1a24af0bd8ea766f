/**
 * A camera that encodes for each side apart: what a viewer gets is runs of one encoding or the other.
 *
 *     encoding A   a0 a1 a2 a3 a4 ...          received   a0 a1 a2 a3 | b5 b6 b7
 *     encoding B   b0 b1 b2 b3 b4 b5 b6 b7 ...                          ^ must be a key picture
 */
export interface EncodingComparison {
  /** Pictures left out within a run. Those of the encoding that is left are not missed: the other shows them. */
  readonly missing: number;
  /** Runs that begin at no key picture, and pictures of no encoding. */
  readonly broken: number;
}

/** @param gop pictures from one key picture to the next; each encoding begins with one */
export function compareEncodings(
  encodings: readonly (readonly string[])[],
  received: readonly string[],
  gop: number,
): EncodingComparison {
  const places = placesOf(encodings);
  let missing = 0;
  let broken = 0;
  let last: Place | undefined;
  for (const hash of received) {
    const place = places.get(hash);
    if (place === undefined) broken += 1;
    else if (place.encoding !== last?.encoding) broken += place.index % gop === 0 ? 0 : 1;
    else missing += Math.max(0, place.index - last.index - 1);
    last = place ?? last;
  }
  return { missing, broken };
}

interface Place {
  readonly encoding: number;
  readonly index: number;
}

function placesOf(encodings: readonly (readonly string[])[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const [encoding, sent] of encodings.entries()) {
    for (const [index, hash] of sent.entries()) places.set(hash, { encoding, index });
  }
  return places;
}
