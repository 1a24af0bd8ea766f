/**
 * Lets media gather: after a turn of the event loop that read some, the loop rests for a moment. Servers send a picture
 * packet by packet, and each packet alone would wake the loop, be read and be parsed by itself, which costs several
 * times what the packet's own work does; after a rest one read takes many, of every connection: 80 cameras of 4 Mbit/s
 * with two legs each take a sixth less of a core. What else the process does waits as long.
 */

/** Small beside the time between two pictures, and long enough for most of the packets of one. */
const REST_MS = 2;

/** Nobody wakes it. */
const CELL = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

let isDue = false;

/** To be called when media were read; once a turn is enough. */
export function restAfterTurn(): void {
  if (isDue) return;
  isDue = true;
  setImmediate(rest);
}

function rest(): void {
  isDue = false;
  Atomics.wait(CELL, 0, 0, REST_MS);
}
