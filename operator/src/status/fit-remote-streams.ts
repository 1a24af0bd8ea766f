import type { MasterRelayStatus } from '../api/master-relay.ts';
import { PROBLEM_REASONS } from '../api/reasons.ts';
import type { Problem } from '../topology/problem.ts';
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
): { streams: RemoteStream[]; problems: Problem[] } {
  const { items, shortened } = fitItems(streams, roomBytes, SHORTENINGS);
  if (shortened === 0) return { streams: items, problems: [] };
  const problem: Problem = {
    reason: PROBLEM_REASONS.statusTooLarge,
    field: 'spec.remoteSites',
    message: `Kubernetes stores no status with the addresses of all ${streams.length} remote streams; those of ${shortened} are left out of it, though all are relayed`,
    remedy: 'give some of the remote sites another MasterRelay',
  };
  return { streams: items, problems: [problem] };
}
