import type { MasterRelayStatus } from '../api/master-relay.ts';
import { describeLeftOut } from './addresses-listed.ts';
import type { ConditionWord } from './condition-word.ts';
import { fitItems, type Shortening } from './fit-items.ts';

type RemoteStream = NonNullable<MasterRelayStatus['remoteStreams']>[number];

const SHORTENINGS: readonly Shortening<RemoteStream>[] = [
  (stream) => ({ ...stream, urls: {} }),
  () => undefined,
];

/** The remote streams of a relay's status, within `roomBytes`. */
export function fitRemoteStreams(
  streams: readonly RemoteStream[],
  roomBytes: number,
): { streams: RemoteStream[]; words: ConditionWord[] } {
  const { items, shortened } = fitItems(streams, roomBytes, SHORTENINGS);
  if (shortened === 0) return { streams: items, words: [] };
  const what = `those of ${shortened} of ${streams.length} remote streams are left out, though all are relayed`;
  const remedy = 'give some of spec.remoteSites to another MasterRelay';
  return { streams: items, words: [describeLeftOut(what, remedy)] };
}
