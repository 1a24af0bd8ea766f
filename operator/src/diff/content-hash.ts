/**
 * A 64-bit hash of a JSON value, the same whatever the order of its keys; members that are undefined count as
 * absent. It tells one content from another; it is no defence against somebody who looks for a collision.
 */
export function hashContent(value: unknown): string {
  const state = { high: 0xdeadbeef, low: 0x41c6ce57 };
  mix(state, value);
  return finish(state.high, state.low) + finish(state.low, state.high);
}

interface HashState {
  high: number;
  low: number;
}

function mix(state: HashState, value: unknown): void {
  if (Array.isArray(value)) {
    mixText(state, '[');
    for (const item of value) mix(state, item);
    mixText(state, ']');
  } else if (typeof value === 'object' && value !== null) {
    mixText(state, '{');
    for (const key of Object.keys(value).sort()) {
      const member = (value as Record<string, unknown>)[key];
      if (member === undefined) continue;
      mixText(state, key);
      mix(state, member);
    }
    mixText(state, '}');
  } else {
    mixText(state, `${typeof value}:${String(value)}`);
  }
}

/** Two multiplicative lanes over the UTF-16 code units; a closing unit keeps `ab`,`c` apart from `a`,`bc`. */
function mixText(state: HashState, text: string): void {
  let { high, low } = state;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  state.high = Math.imul(high ^ 0xffff, 2654435761);
  state.low = Math.imul(low ^ 0xffff, 1597334677);
}

/** The finalizer of MurmurHash3, so that each input bit reaches each output bit. */
function finish(lane: number, other: number): string {
  const first = Math.imul(lane ^ (lane >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  return (first >>> 0).toString(16).padStart(8, '0');
}
