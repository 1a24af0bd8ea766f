import { hash } from 'node:crypto';

/**
 * A hash of a JSON value, the same whatever the order of its keys; members that are undefined count as absent.
 * 64 bits tell one content from the next; it is no defence against somebody who looks for a collision.
 */
export function hashContent(value: unknown): string {
  return hash('sha256', JSON.stringify(value, sortKeys)).slice(0, 16);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
