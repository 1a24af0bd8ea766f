/** What people write on a CameraFactory or MasterRelay about its sides. */
import { SIDES, type Side } from '../api/labels.ts';

export interface SwitchRequest {
  side: Side;
  /** The whole annotation: another token is another request. */
  token: string;
}

export type Parsed<T> = { value: T } | { problem: string };

const REQUEST = /^(?:(\d{1,3}):)?(primary|backup)\/([A-Za-z0-9._-]{1,63})$/;
const PLACE = /^(?:(\d{1,3}):)?(primary|backup)$/;

/** `cupola.dev/switch-to: [<shard>:]<side>/<token>`; the value is undefined where it is of another shard. */
export function parseSwitchTo(text: string, shard: number): Parsed<SwitchRequest | undefined> {
  const match = REQUEST.exec(text);
  if (match === null) {
    return { problem: `is ${JSON.stringify(text)}; write [<shard>:]primary/<token> or backup/<token>` };
  }
  const [, number, side] = match;
  const isOfShard = number === undefined || Number(number) === shard;
  return { value: isOfShard ? { side: side as Side, token: text } : undefined };
}

/** `cupola.dev/maintenance: [<shard>:]<side>[,...]`: the sides of this shard that are in maintenance. */
export function parseMaintenance(text: string, shard: number): Parsed<ReadonlySet<Side>> {
  const sides = new Set<Side>();
  for (const place of text.split(',')) {
    const match = PLACE.exec(place.trim());
    if (match === null) {
      return {
        problem: `is ${JSON.stringify(text)}; write a side, as in backup or 0:primary, or several with commas`,
      };
    }
    const [, number, side] = match;
    if (number === undefined || Number(number) === shard) sides.add(side as Side);
  }
  return sides.size === SIDES.length
    ? { problem: `names both sides of shard ${shard}; one of them must serve` }
    : { value: sides };
}
