/** Who may do what on MediaMTX, out of the plan alone. Pure but for the hashes of node:crypto. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Credential, MediaPlan } from '@cupola/protocol';
import type { AuthRequest } from './auth-request.ts';

/** The agent's own user for MediaMTX. Its password lives in the agent's memory alone. */
export const AGENT_USER = 'cupola-agent';

/** What a session was let in with: compared when the plan changes, without keeping the password. */
export type CredentialDigest = string;

export type Verdict =
  | {
      readonly allowed: true;
      readonly as: 'agent' | 'camera' | 'reader' | 'anybody';
      readonly digest: CredentialDigest;
    }
  | { readonly allowed: false; readonly reason: Refusal };

/** Short words for metrics; nothing of them reaches the client. */
export type Refusal =
  | 'NoPlan'
  | 'NoCredential'
  | 'NotLocal'
  | 'UnknownPath'
  | 'WrongCredential'
  | 'NotAllowed';

/**
 * | action  | path                     | who                                                     |
 * |---------|--------------------------|---------------------------------------------------------|
 * | api     |                          | the agent, from this pod                                |
 * | publish | `from: publish`          | one of that path's own credentials                      |
 * | publish | others of the plan       | the agent, from this pod                                |
 * | read    | what encoders read       | the agent, from this pod                                |
 * | read    | any                      | a reader whose paths cover it; everybody where open     |
 * | others  |                          | nobody                                                  |
 */
export function authorise(plan: MediaPlan | undefined, agentPassword: string, request: AuthRequest): Verdict {
  const digest = digestOf(request);
  if (request.user === AGENT_USER) return authoriseAgent(plan, agentPassword, request, digest);
  if (request.action === 'publish') return authoriseCamera(plan, request, digest);
  if (request.action === 'read') return authoriseReader(plan, request, digest);
  return refuse(request.user === '' ? 'NoCredential' : 'NotAllowed');
}

/** Equal for equal credentials; says nothing about the password to those who do not have it. */
export function digestOf(credential: Credential): CredentialDigest {
  return createHash('sha256')
    .update(JSON.stringify([credential.user, credential.password]))
    .digest('base64');
}

/** `paths` are prefixes ending in `/`, or whole paths. */
export function coversPath(paths: readonly string[], path: string): boolean {
  return paths.some((each) => (each.endsWith('/') ? path.startsWith(each) : path === each));
}

function authoriseAgent(
  plan: MediaPlan | undefined,
  agentPassword: string,
  request: AuthRequest,
  digest: CredentialDigest,
): Verdict {
  if (!isLoopback(request.ip)) return refuse('NotLocal');
  if (!isSame(digest, digestOf({ user: AGENT_USER, password: agentPassword })))
    return refuse('WrongCredential');
  if (request.action === 'api') return { allowed: true, as: 'agent', digest };
  const isMine = request.action === 'publish' ? isMade(plan, request.path) : isEncoded(plan, request);
  return isMine ? { allowed: true, as: 'agent', digest } : refuse('NotAllowed');
}

function isMade(plan: MediaPlan | undefined, path: string): boolean {
  return plan?.paths.some((each) => each.path === path && each.source.from !== 'publish') ?? false;
}

function isEncoded(plan: MediaPlan | undefined, { action, path }: AuthRequest): boolean {
  if (action !== 'read') return false;
  return plan?.paths.some(({ source }) => source.from === 'transcode' && source.input === path) ?? false;
}

function authoriseCamera(
  plan: MediaPlan | undefined,
  request: AuthRequest,
  digest: CredentialDigest,
): Verdict {
  if (plan === undefined) return refuse('NoPlan');
  if (request.user === '') return refuse('NoCredential');
  const source = plan.paths.find((each) => each.path === request.path)?.source;
  if (source?.from !== 'publish') return refuse('UnknownPath');
  const isKnown = source.credentials.some((each) => isSame(digest, digestOf(each)));
  return isKnown ? { allowed: true, as: 'camera', digest } : refuse('WrongCredential');
}

function authoriseReader(
  plan: MediaPlan | undefined,
  request: AuthRequest,
  digest: CredentialDigest,
): Verdict {
  if (plan === undefined) return refuse('NoPlan');
  if (plan.openToReaders) return { allowed: true, as: 'anybody', digest };
  if (request.user === '') return refuse('NoCredential');
  const known = plan.readers.filter((each) => isSame(digest, digestOf(each.credential)));
  if (known.length === 0) return refuse('WrongCredential');
  return known.some((each) => coversPath(each.paths, request.path))
    ? { allowed: true, as: 'reader', digest }
    : refuse('NotAllowed');
}

function refuse(reason: Refusal): Verdict {
  return { allowed: false, reason };
}

function isSame(a: CredentialDigest, b: CredentialDigest): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** MediaMTX prints an IPv4 peer of a dual-stack listener either way. */
function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(ip);
}
