/**
 * What a Lease (coordination.k8s.io/v1) says, and what follows from it. Pure: time is an argument.
 *
 * Times of different machines are never compared. A lease has expired when it has not changed for its duration
 * by the clock of whoever looks at it, as in client-go's leaderelection.
 */

export interface LeaseObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; uid?: string; resourceVersion?: string };
  spec?: {
    /** Empty once released. */
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** The lease as it was last seen, and when that was, by the local monotonic clock. */
export interface LeaseSighting {
  lease: LeaseObject;
  seenMs: number;
}

export type LeaseVerdict =
  /** Nobody holds it: to be made, or taken as it is. */
  | { verdict: 'take' }
  /** It is ours by its word: an earlier write went through whose answer was lost. */
  | { verdict: 'renew' }
  /** Another's, until at least `waitMs` from now. */
  | { verdict: 'wait'; waitMs: number };

export function judgeLease(
  sighting: LeaseSighting | undefined,
  identity: string,
  durationMs: number,
  nowMs: number,
): LeaseVerdict {
  const holder = sighting?.lease.spec?.holderIdentity ?? '';
  if (sighting === undefined || holder === '') return { verdict: 'take' };
  if (holder === identity) return { verdict: 'renew' };
  const seconds = sighting.lease.spec?.leaseDurationSeconds;
  const waitMs = sighting.seenMs + (seconds === undefined ? durationMs : seconds * 1000) - nowMs;
  return waitMs > 0 ? { verdict: 'wait', waitMs } : { verdict: 'take' };
}

/** The lease to write in order to hold it from `wallMs` on. `previous` is where it takes over or goes on from. */
export function holdLease(
  name: { namespace: string; name: string },
  previous: LeaseObject | undefined,
  identity: string,
  durationMs: number,
  wallMs: number,
): LeaseObject {
  const before = previous?.spec;
  const isSame = before?.holderIdentity === identity;
  const now = formatMicroTime(wallMs);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: previous?.metadata ?? name,
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      acquireTime: isSame ? (before?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (before?.leaseTransitions ?? 0) + (previous === undefined || isSame ? 0 : 1),
    },
  };
}

/** The lease to write in order to give it up: whoever sees it may take it at once. */
export function releaseLease(held: LeaseObject, wallMs: number): LeaseObject {
  return {
    ...held,
    spec: { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: formatMicroTime(wallMs) },
  };
}

/** Kubernetes' MicroTime: RFC 3339 with six digits. */
function formatMicroTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}
