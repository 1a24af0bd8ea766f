/**
 * Says within a stream that the pictures of another encoder begin here: an SEI message of its own kind beside the key
 * frame (user_data_unregistered, ITU-T H.264 section D.1.7, H.265 section D.2.7), which every decoder passes over and every
 * server passes on. Whoever merges the stream with copies of it learns by that alone that it is no copy any more:
 * its clock goes on, and its pictures are as new as the others'.
 */

/** Ours; without three zeros in a row, so that nothing in it needs an escape. */
const KIND = Buffer.from('6a1fd3c25b844e7f9d28b7c4e05ac3f1', 'hex');
const USER_DATA_UNREGISTERED = 5;
const END = 0x80;

const HEADERS: Readonly<Record<string, readonly number[]>> = {
  H264: [0x06],
  // A prefix SEI of layer 0, temporal id 0.
  H265: [0x4e, 0x01],
};

/** Parameter sets may stand before it. */
const SEARCHED_BYTES = 4_096;

/** A NAL unit; undefined for codecs that have none. */
export function makeSwitchMark(codec: string): Buffer | undefined {
  const header = HEADERS[codec];
  if (header === undefined) return undefined;
  return Buffer.from([...header, USER_DATA_UNREGISTERED, KIND.length, ...KIND, END]);
}

/** `unit`: the packets of a unit, one after the other, however they were packed. */
export function hasSwitchMark(unit: Buffer): boolean {
  return unit.subarray(0, SEARCHED_BYTES).includes(KIND);
}
