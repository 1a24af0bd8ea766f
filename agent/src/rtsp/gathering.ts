/**
 * Lets media gather: after a turn of the event loop that read some, the loop rests for a moment. Servers send a picture
 * packet by packet, and what is read before its last wakes the loop again, for each of them; after a rest one read takes
 * many, of every connection. That is worth it where many connections wake it: of a core, 64 cameras of 4 Mbit/s with two
 * legs each take a fifth less, 28 the same, and 4 would take a fifth more, since resting costs a turn too. What else the
 * process does waits as long.
 */
import { MediaLoad } from './media-load.ts';

/** Small beside the time between two pictures, and long enough for most of the packets of one. */
const REST_MS = 2;

/** Nobody wakes it. */
const CELL = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

const LOAD = new MediaLoad();

let isDue = false;

/** To be called for each row of packets that was read; once a turn it rests, where that is worth it. */
export function restAfterTurn(): void {
  LOAD.noteRow(performance.now());
  if (isDue || !LOAD.isBusy) return;
  isDue = true;
  setImmediate(rest);
}

function rest(): void {
  isDue = false;
  Atomics.wait(CELL, 0, 0, REST_MS);
}
