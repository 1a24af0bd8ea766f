/**
 * Whether a session that is there may stay under a plan. MediaMTX asks once, when a session begins; whoever loses the
 * right to it later has to be kicked.
 */
import type { Credential, MediaPlan } from '@cupola/protocol';
import { AGENT_USER, coversPath, digestOf } from './authorise.ts';
import type { Session } from './session.ts';

/**
 * A session that this run of the agent let in is judged by the very credential it showed. Of one from before (no
 * digest) only the user's name is known: it may stay if a credential of that user grants the path now, and did
 * already under `previous`, the plan before this one, where that is known. So a changed password ends it.
 */
export function isStillAllowed(plan: MediaPlan, previous: MediaPlan | undefined, session: Session): boolean {
  // Its sessions are this process's own, which closes what the plan no longer has, and die with it.
  if (session.user === AGENT_USER) return true;
  if (session.action === 'read' && plan.openToReaders) return true;
  const granting = grantingCredentials(plan, session);
  if (session.digest !== undefined) return granting.some((each) => digestOf(each) === session.digest);
  const ofUser = granting.filter((each) => each.user === session.user);
  if (previous === undefined) return ofUser.length > 0;
  const before = new Set(grantingCredentials(previous, session).map(digestOf));
  return ofUser.some((each) => before.has(digestOf(each)));
}

function grantingCredentials(plan: MediaPlan, session: Session): Credential[] {
  if (session.action === 'read') {
    return plan.readers.filter((each) => coversPath(each.paths, session.path)).map((each) => each.credential);
  }
  const source = plan.paths.find((each) => each.path === session.path)?.source;
  return source?.from === 'publish' ? source.credentials : [];
}
