/**
 * Rendezvous hashing (Thaler and Ravishankar, 1998): each rendition has an order of its own of the workers. Of workers
 * that are equally good the first in it is taken, so that what one worker loses spreads over all others, and the same
 * input gives the same answer anywhere.
 */

/** 32 bits of a name (FNV-1a). Made once a name: what follows combines numbers. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The greater, the earlier in the order. The finalizer of MurmurHash3 over both. */
export function rankPair(rendition: number, worker: number): number {
  let hash = rendition ^ Math.imul(worker, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
