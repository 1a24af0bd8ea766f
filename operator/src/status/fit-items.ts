/**
 * What is left out of a status so that its object can be stored. etcd refuses a request of more than 1.5 MiB
 * (--max-request-bytes), and a status that is refused would never change again.
 */
const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

/** For what of a status is no long list (conditions, shards), and for what etcd's request has beside the object. */
const SPARE_BYTES = 64 * 1024;

/**
 * A spec is in its object more than once: managedFields name each of its fields, up to twice as long, and `kubectl
 * apply` keeps a copy in an annotation. Room is left for all of it, or a person could not edit the object any more.
 */
const SPEC_SHARES = 4;

/** How many bytes the long list in the object's status may have. */
export function findListRoom({ metadata, spec }: { metadata: unknown; spec: unknown }): number {
  return MAX_OBJECT_BYTES - SPARE_BYTES - measure(metadata) - SPEC_SHARES * measure(spec);
}

/** The item with something left out, or undefined: it is left out itself. */
export type Shortening<T> = (item: T) => T | undefined;

export interface FittedItems<T> {
  items: T[];
  /** How many are not whole, or not there. */
  shortened: number;
}

/**
 * As much of `items` as there is room for: the first shortening is made of as many as it takes, the last item first,
 * then the next one. So an item that is added behind the others takes nothing from them.
 */
export function fitItems<T>(
  items: readonly T[],
  roomBytes: number,
  shortenings: readonly Shortening<T>[],
): FittedItems<T> {
  const fitted: (T | undefined)[] = [...items];
  let excess = items.reduce((sum, item) => sum + measure(item), 0) - roomBytes;
  for (const shorten of shortenings) {
    for (let index = fitted.length - 1; index >= 0 && excess > 0; index--) {
      const item = fitted[index];
      if (item === undefined) continue;
      const shorter = shorten(item);
      const saved = measure(item) - (shorter === undefined ? 0 : measure(shorter));
      if (saved === 0) continue;
      excess -= saved;
      fitted[index] = shorter;
    }
  }
  const shortened = fitted.filter((item, index) => item !== items[index]).length;
  return { items: fitted.filter((item) => item !== undefined), shortened };
}

/** With the comma after it. The API server writes <, > and & as six bytes (Go's encoding/json). */
function measure(value: unknown): number {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) + 5 * (text.match(/[<>&]/g)?.length ?? 0) + 1;
}
